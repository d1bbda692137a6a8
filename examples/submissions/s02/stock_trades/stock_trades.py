import sqlite3
from contextlib import closing
def create_database(path):
    with closing(sqlite3.connect(path)) as con, con:
        con.executescript("""BEGIN;
            DROP TABLE IF EXISTS stocks;
            CREATE TABLE stocks(date VARCHAR(10), trans CHAR(4), symbol TEXT NOT NULL, qty DOUBLE, price FLOAT);
            INSERT INTO stocks VALUES ('2006-01-05','BUY','RHAT',100,35.14);
            COMMIT;""")
def trades_of(connection, symbol):
    connection.row_factory = sqlite3.Row
    yield from connection.execute("SELECT date, trans, symbol, qty, price FROM stocks WHERE symbol IS ?", [symbol])
def add_trades(connection, trades):
    with connection:
        connection.executemany("INSERT INTO stocks VALUES (?,?,?,?,?)", (t for t in trades))
def by_price(connection):
    connection.row_factory = sqlite3.Row
    return (row for row in connection.execute("SELECT * FROM stocks ORDER BY price ASC, date DESC"))
def main():
    create_database("sample.db")
    con = sqlite3.connect("sample.db")
    print("All trades of RHAT")
    print("==================")
    for r in trades_of(con, "RHAT"):
        print(f"{r['date']:12}{r['trans']:6}{r['symbol']:8}{r['qty']:>10,.2f}{r['price']:>10.2f}")
    print("~" * 46)
    add_trades(con, [("2008-12-01", "SELL", "A&B", 12000, 1234.5), ("2008-12-02", "BUY", "C D", 1, 0.99), ("2008-12-03", "BUY", "E", 2500000, 35.14)])
    print(f"{'date':12}{'trans':6}{'symbol':8}{'qty':>10}{'price':>10}")
    print("-" * 46)
    for r in by_price(con):
        print(f"{r['date']:12}{r['trans']:6}{r['symbol']:8}{r['qty']:>10,.2f}{r['price']:>10.2f}")
    print("-" * 46)
    print("4 trades")
main()
