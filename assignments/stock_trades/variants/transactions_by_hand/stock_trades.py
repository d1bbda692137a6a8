"""Trades with transactions by hand: isolation_level is None, so nothing is begun or committed behind our back."""

import csv
import sqlite3
import sys
from contextlib import contextmanager


@contextmanager
def transaction(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    else:
        connection.execute("COMMIT")
    finally:
        connection.close()


def create_database(path: str) -> None:
    with transaction(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS stocks(date text, trans text, symbol text, qty real, price real) STRICT")
        connection.execute("DELETE FROM stocks")
        connection.execute("INSERT INTO stocks VALUES('2006-01-05', 'BUY', 'RHAT', 100, 35.14)")


def trades_of(connection: sqlite3.Connection, symbol: str) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return list(cursor.execute("SELECT * FROM stocks WHERE ? = symbol", [symbol]))


def add_trades(connection: sqlite3.Connection, trades: list[tuple[str, str, str, float, float]]) -> None:
    marks = ",".join("?" * 5)
    connection.executemany(f"INSERT INTO stocks VALUES({marks})", list(map(tuple, trades)))


def by_price(connection: sqlite3.Connection) -> list[list]:
    return [list(row) for row in connection.execute("SELECT * FROM stocks ORDER BY price")]


if __name__ == "__main__":
    create_database("sample.db")
    out = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    with transaction("sample.db") as connection:
        out.writerows(trades_of(connection, "RHAT"))
        print("#" * 10)
        add_trades(connection, [("1999-12-31", "SELL", "YHOO", 1, 432.69), ("2000-01-03", "BUY", "A", 2.5, 0.99)])
        add_trades(connection, [("2000-01-04", "BUY", "YHOO", 3, 443)])
        out.writerows(by_price(connection))
