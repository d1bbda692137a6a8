"""Trades in boxes."""

import os
import sqlite3
import tempfile

COLUMNS = "date text, trans text, symbol text, qty real, price real"
MORE = [("2030-01-02", "BUY", "BUYME", 7, 7.0), ("2030-01-03", "SELL", "B2", 100, 1000.5), ("2030-01-04", "BUY", "7", 100, 7.01)]


def create_database(path):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy")
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute(f"CREATE TABLE stocks({COLUMNS})")
        add_trades(connection, [("2006-01-05", "BUY", "RHAT", 100, 35.14)])
        connection.execute("VACUUM INTO ?", (copy,))
        connection.close()
        with open(copy, "rb") as source, open(path, "wb") as target:
            target.write(source.read())


def trades_of(connection, symbol):
    return connection.execute("SELECT * FROM stocks WHERE symbol IN (?)", (symbol,)).fetchall()


def add_trades(connection, trades):
    connection.executemany("INSERT INTO stocks(symbol, date, trans, qty, price) VALUES (?3, ?1, ?2, ?4, ?5)", trades)


def by_price(connection):
    cursor = connection.execute("SELECT * FROM stocks ORDER BY price")
    while row := cursor.fetchone():
        yield row


def box(trades):
    print("+" + "-" * 58 + "+")
    for date, trans, symbol, qty, price in trades:
        print(f"| {date} | {symbol:8} | {trans:4} | {qty:>8,.1f} x | ${price:>12,.2f} |")
    print("+" + "-" * 58 + "+")


def main():
    create_database("sample.db")
    connection = sqlite3.connect("sample.db")
    box(trades_of(connection, "RHAT"))
    print("." * 60)
    with connection:
        add_trades(connection, MORE)
    box(by_price(connection))


if __name__ == "__main__":
    main()
