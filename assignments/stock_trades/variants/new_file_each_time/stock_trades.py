"""Trades as named tuples. Nothing is left of the day before."""

import collections
import operator
import pathlib
import sqlite3

Trade = collections.namedtuple("Trade", "date trans symbol qty price")


def connect(path):
    connection = sqlite3.connect(path)
    connection.row_factory = lambda _cursor, row: Trade(*row)
    return connection


def create_database(path):
    pathlib.Path(path).unlink(missing_ok=True)
    connection = connect(path)
    cursor = connection.cursor()
    cursor.execute('create table "stocks" ("date" text, "trans" text, "symbol" text, "qty" real, "price" real)')
    add_trades(connection, [Trade("2006-01-05", "BUY", "RHAT", 100, 35.14)])
    connection.commit()
    connection.close()


def trades_of(connection, symbol):
    return [row for row in connection.execute("select * from stocks") if row[2] == symbol]


def add_trades(connection, trades):
    connection.cursor().executemany("insert into stocks values (?, ?, ?, ?, ?)", trades)


def by_price(connection):
    return sorted(connection.execute("select * from stocks"), key=operator.itemgetter(4))


def main(path="sample.db"):
    create_database(path)
    connection = connect(path)
    rhat = trades_of(connection, "RHAT")
    print(len(rhat), "trade of RHAT:")
    print(*rhat, sep="\n")
    print("+ - " * 15)
    for month in range(1, 8):
        add_trades(connection, [(f"2007-{month:02}-01", ("BUY", "SELL")[month % 2], "IBM", month * 10, 100 / month)])
    connection.commit()
    print(*by_price(connection), sep="\n")
    print(8, "trades in all")
    connection.close()


if __name__ == "__main__":
    main()
