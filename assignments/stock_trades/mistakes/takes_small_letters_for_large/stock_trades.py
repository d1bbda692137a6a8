"""Keep trades of shares in an SQLite database, look them up by symbol, and list them by price."""

import sqlite3
from contextlib import closing

Trade = tuple[str, str, str, float, float]  # date, trans (BUY or SELL), symbol, qty, price

DATABASE = "sample.db"
FIRST_TRADE: Trade = ("2006-01-05", "BUY", "RHAT", 100, 35.14)
MORE_TRADES: list[Trade] = [
    ("2006-02-14", "BUY", "SUNW", 800, 4.5),
    ("2006-03-09", "SELL", "RHAT", 40, 27.92),
    ("2006-04-18", "BUY", "GOOG", 15, 404.24),
]


def create_database(path: str) -> None:
    """Make the table `stocks` afresh in the file `path`, with the first trade in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE IF EXISTS stocks")
        connection.execute("CREATE TABLE stocks(date text, trans text, symbol text, qty real, price real)")
        connection.execute("INSERT INTO stocks VALUES (?, ?, ?, ?, ?)", FIRST_TRADE)
        connection.commit()


def trades_of(connection: sqlite3.Connection, symbol: str) -> list[Trade]:
    """Return the trades of one symbol."""
    return connection.execute("SELECT * FROM stocks WHERE symbol = ? COLLATE NOCASE", (symbol,)).fetchall()


def add_trades(connection: sqlite3.Connection, trades: list[Trade]) -> None:
    """Add all trades."""
    connection.executemany("INSERT INTO stocks VALUES (?, ?, ?, ?, ?)", trades)


def by_price(connection: sqlite3.Connection) -> list[Trade]:
    """Return all trades, the lowest price first."""
    return connection.execute("SELECT * FROM stocks ORDER BY price").fetchall()


def main() -> None:
    create_database(DATABASE)
    with closing(sqlite3.connect(DATABASE)) as connection:
        for trade in trades_of(connection, "RHAT"):
            print(trade)
        print("-" * 50)
        add_trades(connection, MORE_TRADES)
        connection.commit()
        for trade in by_price(connection):
            print(trade)


if __name__ == "__main__":
    main()
