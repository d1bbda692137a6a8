"""Keep trades of shares in an SQLite database, look them up by symbol, and list them by price."""

import sqlite3

Trade = tuple[str, str, str, float, float]  # date, trans (BUY or SELL), symbol, qty, price

DATABASE = "sample.db"
FIRST_TRADE: Trade = ("2006-01-05", "BUY", "RHAT", 100, 35.14)
MORE_TRADES: list[Trade] = [
    # TODO: at least three trades of your own, not in the order of their prices.
]


def create_database(path: str) -> None:
    """Make the table `stocks` in the file `path`, with the first trade in it; commit and close."""
    # TODO: stocks(date text, trans text, symbol text, qty real, price real). It must work a second time, too.


def trades_of(connection: sqlite3.Connection, symbol: str) -> list[Trade]:
    """Return the trades of one symbol as (date, trans, symbol, qty, price). A symbol may hold an apostrophe."""
    # TODO: a ? in the SQL text, and the symbol beside it.
    return []


def add_trades(connection: sqlite3.Connection, trades: list[Trade]) -> None:
    """Add all trades to the table."""
    # TODO: connection.executemany(...)


def by_price(connection: sqlite3.Connection) -> list[Trade]:
    """Return all trades, the lowest price first."""
    # TODO: let the database do the sorting.
    return []


def main() -> None:
    create_database(DATABASE)
    connection = sqlite3.connect(DATABASE)
    # TODO: print the RHAT trade, print a rule, add MORE_TRADES, commit, print all trades by price.
    connection.close()


if __name__ == "__main__":
    main()
