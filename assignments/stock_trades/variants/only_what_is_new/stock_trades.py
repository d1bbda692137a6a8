"""Trades in an SQLite file that grows: what is in it already is not added again."""

import sqlite3
import sys
from contextlib import closing

MINE = [
    {"date": "2020-03-23", "trans": "BUY", "symbol": "BRK.A", "qty": 0.5, "price": 240_000.00},
    {"date": "2021-01-28", "trans": "SELL", "symbol": "GME", "qty": 1200, "price": 193.6},
    {"date": "2022-06-16", "trans": "BUY", "symbol": "F", "qty": 1500, "price": 11.04},
    {"date": "2023-12-29", "trans": "SELL", "symbol": "F", "qty": 1500, "price": 12.19},
]
NEW = "INSERT INTO stocks (date, trans, symbol, qty, price) VALUES (:date, :trans, :symbol, :qty, :price)"


def create_database(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        try:
            connection.execute("CREATE TABLE stocks (date TEXT, trans TEXT, symbol TEXT, qty REAL, price REAL)")
        except sqlite3.OperationalError:
            return  # it is there, and the first trade is in it
        connection.execute("INSERT INTO stocks SELECT '2006-01-05', 'BUY', 'RHAT', 100, 35.14")


def trades_of(connection, symbol):
    return connection.execute("SELECT * FROM stocks WHERE symbol IS :symbol", {"symbol": symbol})


def add_trades(connection, trades):
    names = "date trans symbol qty price".split()
    connection.executemany(NEW, (dict(zip(names, trade, strict=True)) for trade in trades))


def by_price(connection):
    """A generator, so that nobody needs all rows at once."""
    yield from connection.execute("SELECT date, trans, symbol, qty, price FROM stocks ORDER BY price ASC, date DESC")


def show(trade):
    date, trans, symbol, qty, price = trade
    print(f"{date}  {trans:<4}  {symbol:<6}{qty:>12,.2f}{price:>14,.2f}")


def main():
    create_database("sample.db")
    connection = sqlite3.connect("sample.db")
    for trade in trades_of(connection, "RHAT"):
        show(trade)
    print("═" * 60)
    there = set(by_price(connection))
    add_trades(connection, [row for trade in MINE if (row := tuple(trade.values())) not in there])
    connection.commit()
    print("date        kind  symbol         qty         price")
    for trade in by_price(connection):
        show(trade)
    print("All is well.", file=sys.stderr)


main()
