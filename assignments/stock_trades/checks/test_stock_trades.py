"""Checks of the stock trades: four functions on databases of the checks' own, the program's output and file, then the named rows.

A table that a check does not judge is made by the check itself, so that one wrong function costs its own points only. When
something is not in a file, the program is run once more with its SQL written down, to say why.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from itertools import pairwise

from grader.checks import Crashed, Database, Mismatch, Missing, NamedRow, StudentFault, check, scenarios

TRADES = "stock_trades.py"
TRADES_FILE = "sample.db"
NAMED = "named_rows.py"
NAMED_FILE = "test.db"

FIRST_TRADE = ["2006-01-05", "BUY", "RHAT", 100.0, 35.14]
NAMED_ROWS = [["one", 1], ["two", 2], ["three", 3]]
STOCKS = {"date": "text", "trans": "text", "symbol": "text", "qty": "real", "price": "real"}
TAKE_THE_PATH = "The function is given the name of the file: connect to that one, not to a name that stands in the function."
DECLARE_TYPES = "The types stand in CREATE TABLE, behind the names of the columns: t1 text, i1 int."
NO_PATTERN = "For LIKE a % stands for any text. Look for the symbol itself, with = and a ? for the value."
SORTED_AS_TEXT = "These are in order as texts, letter by letter, and not as numbers: declare qty and price as real."
ROWS = "SELECT date, trans, symbol, qty, price FROM stocks"
FIVE_VALUES = "rows of five values each: date, trans, symbol, qty, price"

SYMBOLS = ["AAPL", "CSCO", "DELL", "EBAY", "GOOG", "IBM", "INTC", "MSFT", "ORCL", "SUNW", "YHOO"]
AWKWARD_SYMBOLS = ["O'HARE", 'LE"X', "BRK.B", "x' OR '1'='1", "SUNW'; DROP TABLE stocks;--"]
WORDS = ["april", "autumn", "ledger", "market", "monday", "portfolio", "spring", "winter"]


# ---- create_database


@check(hint="CREATE TABLE stocks(date text, trans text, symbol text, qty real, price real)")
def test_create_database_makes_the_table(student, rng):
    """create_database(path) makes the table stocks with its five columns in that file"""
    name = f"{rng.choice(WORDS)}.db"
    call(student, "create_database", name)
    did = f"We called create_database({name!r}) and looked at the table stocks in {name}"
    if not student.has(name):
        instead = f", but there is a new {TRADES_FILE}" if student.has(TRADES_FILE) else ""
        raise Missing(f"there is no file {name}{instead}", did=did, expected=f"a database in the file {name}", hint=TAKE_THE_PATH)
    expect_columns(student, name, "stocks", STOCKS, did)


@check(
    hint="Call connection.commit() after the INSERT, before the connection is closed: without it the row is gone.",
)
def test_create_database_saves_the_first_trade(student, rng):
    """create_database(path) leaves the first trade in the file, committed"""
    name, second = (f"{word}.db" for word in rng.sample(WORDS, 2))
    call(student, "create_database", name)
    file = name if student.has(name) else TRADES_FILE  # into which one is for another check to say
    did = f"We called create_database({name!r}) and looked into {file} afterwards"
    if not student.has(file):
        raise Missing(f"there is no file {name}", did=did, expected=f"the row {shown(FIRST_TRADE)} in it", hint=TAKE_THE_PATH)
    rows = normal(student.query(file, ROWS))
    if not rows:
        reason = why_not_saved(student, second, lambda: call(student, "create_database", second))
        raise Mismatch(f"the table stocks is empty{reason}", did=did, expected=f"the row {shown(FIRST_TRADE)}")
    if rows != [FIRST_TRADE]:
        raise Mismatch(f"it held {listed(rows)}", did=did, expected=f"the row {shown(FIRST_TRADE)} and no other")


# ---- the functions that are given a connection


@check(hint="SELECT * FROM stocks WHERE symbol = ? and return the rows, for example with fetchall().")
def test_trades_of_returns_the_trades_of_one_symbol(student, rng):
    """trades_of(connection, symbol) returns the trades of that symbol and no others"""
    trades = some_trades(rng)
    expect_trades_of(student, trades, [trades[0][2], "ZZZ"])  # two trades have the first one's symbol, none has the other


@check(
    needs=["trades_of_returns_the_trades_of_one_symbol"],
    hint="Never paste a value into the SQL text: write symbol = ? and give (symbol,) to execute() beside it.",
)
def test_trades_of_takes_any_symbol(student, rng):
    """trades_of finds a symbol with an apostrophe in it, and takes no symbol for a piece of SQL"""
    trades = some_trades(rng) + [(*a_trade(rng), symbol, *numbers(rng)) for symbol in AWKWARD_SYMBOLS]
    expect_trades_of(student, trades, [*rng.sample(AWKWARD_SYMBOLS, len(AWKWARD_SYMBOLS)), "%", "nothing' OR 'a'='a"])


@check(hint='connection.executemany("INSERT INTO stocks VALUES (?, ?, ?, ?, ?)", trades) takes the whole list at once.')
def test_add_trades_stores_every_trade(student, rng):
    """add_trades(connection, trades) stores every trade of the list"""
    expect_stored(student, some_trades(rng))


@check(
    needs=["add_trades_stores_every_trade"],
    hint="Never paste a value into the SQL text: a ? for each of the five values, and the trades beside it.",
)
def test_add_trades_stores_any_symbol(student, rng):
    """add_trades stores a symbol with an apostrophe in it unchanged"""
    expect_stored(student, [(*a_trade(rng), symbol, *numbers(rng)) for symbol in AWKWARD_SYMBOLS])


@check(hint="Let the database sort: SELECT * FROM stocks ORDER BY price.")
def test_by_price_sorts_by_price(student, rng):
    """by_price(connection) returns all trades, the lowest price first"""
    trades = some_trades(rng)
    rows = call(student, "by_price", Database(filled(student, trades)))
    did = f"We put {len(trades)} trades into a table and called by_price"
    expect_same(rows, trades, did, "returned")
    expect_sorted([row[4] for row in normal(rows)], did)


OTHER_SYMBOLS = [
    "SUNW",
    "RHAT",
    "rhat",
    "RHA",
    "RHATS",
    "O'HARE",
    'LE"X',
    "50%",
    "R_AT",
    "RH%",
    "007",
    "7",
    "A B",
    "Ö",
    "ö",
    "株",
]
PIECES = ["A", "a", "'", '"', "%", "_", "*", "?", ";--", ":b", "1", "0.", "\\", "É", "ß", "日本", "🦆", " OR ", "NULL"]


def any_trades(st):
    """Trades that are in the table, trades that are added, and symbols to look for that may be in none of them."""
    pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
    trade = st.tuples(
        st.integers(1, 28).map(lambda day: f"2006-01-{day:02}"),
        st.sampled_from(["BUY", "SELL"]),
        st.one_of(st.sampled_from(OTHER_SYMBOLS), pieces.map(str.strip)),
        st.sampled_from([100.0, 8.0, 0.5]),
        st.one_of(
            st.sampled_from([4.5, 35.0, 240000.0, 0.0, -0.25, -30.0]), st.integers(-1000, 10000).map(lambda cents: cents / 100)
        ),
    )
    some = st.lists(st.tuples(trade, st.sampled_from([1, 1, 2])), max_size=6).map(repeated)
    return st.tuples(st.one_of(st.just([]), some), some)


def repeated(pairs):
    """Each trade so many times, at both ends of the list."""
    return [trade for trade, _ in pairs] + [trade for trade, times in pairs if times > 1]


@check(
    needs=["trades_of_takes_any_symbol", "add_trades_stores_any_symbol", "by_price_sorts_by_price"],
    hint="Leave it to SQL what is stored, found and sorted: a ? for each value, = for the symbol, ORDER BY price for the order.",
)
@scenarios(any_trades, says="Its trades may be any: none or many, two that are equal in everything", most=7)
def test_adds_finds_and_sorts_any_trades(student, scenario):
    """Adds any trades to any others, and returns them all by price and those of each symbol"""
    before, added = scenario
    trades = before + added
    symbols = [trade[2] for trade in trades] or ["RHAT"]
    symbols = list(dict.fromkeys([*symbols, *map(str.swapcase, symbols)]))
    student.add_file("check.db", database_with("stocks", STOCKS, before))
    put = f"the trades {in_words(before)} into a table, called" if before else "no trade into a table, called"
    did = f"We put {put} add_trades with {in_words(added)}"
    with_did(did, lambda: call(student, "add_trades", Database("check.db"), added))
    names = [f"{'./' * number}check.db" for number in range(len(symbols) + 1)]  # one file, and a new connection for each call
    calls = [("by_price", Database(names[0]))]
    calls += [("trades_of", Database(name), symbol) for name, symbol in zip(names[1:], symbols, strict=True)]
    asked = " and ".join(["by_price", *(f"trades_of for {symbol!r}" for symbol in symbols)])
    by_price, *of_symbols = with_did(f"{did}, and then {asked}", lambda: student.call_each("stock_trades", calls))
    expect_same(by_price.value, trades, f"{did}, and then by_price", "returned")
    expect_sorted([row[4] for row in normal(by_price.value)], f"{did}, and then by_price")
    for symbol, rows in zip(symbols, of_symbols, strict=True):
        wanted = [trade for trade in trades if trade[2] == symbol]
        expect_same(rows.value, wanted, f"{did}, and then trades_of for the symbol {symbol!r}", "returned")


def with_did(did, action):
    """What `action` returns; what goes wrong in the student's code is told as having happened after `did`."""
    try:
        return action()
    except StudentFault as fault:
        fault.did = did
        raise


def in_words(trades):
    return "[" + "; ".join(map(shown, trades)) + "]" if trades else "no trade"


# ---- the program


@check(hint="Print the trades of RHAT, then print('-' * 50), then every row that by_price() returns, each with all five values.")
def test_prints_one_trade_a_rule_and_all_trades(student):
    """Prints the first trade, a rule, and then all trades, one per line"""
    run = run_trades(student)
    before, after = around_the_rule(run)
    if not any(shows(line, FIRST_TRADE) for line in before):
        raise Mismatch(
            run.what_it_printed(),
            did=run.did,
            expected=f"a line with the trade {shown(FIRST_TRADE)}, then a line of - signs or the like",
        )
    rows = stored(student)
    for row in rows:
        if not any(shows(line, row) for line in after):
            raise Mismatch(
                run.what_it_printed(),
                did=run.did,
                expected=f"after the rule, a line with the trade {shown(row)}, all five values",
            )
    if not any(shows(line, FIRST_TRADE) for line in after) or len(trade_lines(after)) < 4:
        raise Mismatch(
            run.what_it_printed(),
            did=run.did,
            expected="after the rule, one line for each of at least four trades, the first among them",
        )


@check(hint="Print the rows in the order in which by_price() returns them.")
def test_prints_all_trades_by_price(student):
    """Prints all trades in order of price"""
    run = run_trades(student).expect_exit(0)
    try:
        lines = trade_lines(around_the_rule(run)[1])
    except Mismatch:  # no rule: then they come behind the first trade
        lines = trade_lines(run.lines)[1:]
    if len(lines) < 2:
        raise Mismatch(run.what_it_printed(), did=run.did, expected="all trades, one per line, the lowest price first")
    rows = stored(student)
    known = [[row[4] for row in rows if shows(line, row)] for line in lines]
    if all(known):
        expect_sorted([prices[0] for prices in known], run.did)
    else:  # what is missing in the file is for another check to say: here either number of a line may be its price
        columns = zip(*(figures(line)[:2] for line in lines), strict=False)
        if not any(list(column) == sorted(column) for column in columns):
            raise Mismatch(run.what_it_printed(), did=run.did, expected="the lowest price first, the highest last")


@check(hint="Call connection.commit() after add_trades(): without it the new rows are gone when the program ends.")
def test_keeps_all_trades_in_the_file(student):
    """Leaves the first trade and at least three more in sample.db after it has ended"""
    run = run_trades(student)
    rows = stored(student)
    did = f"We ran {TRADES}, waited for its end and looked into {TRADES_FILE}"
    if len(rows) < 4:
        run.expect_exit(0)  # if it crashed, that is the reason to name
        reason = why_not_saved(student, TRADES_FILE, lambda: run_trades(student))
        found = listed(rows) if rows else "no trade"
        raise Mismatch(
            f"it held {found}{reason}", did=did, expected="the first trade and at least three more in the table stocks"
        )
    if rows.count(FIRST_TRADE) != 1:
        raise Mismatch(f"it held {listed(rows)}", did=did, expected=f"the trade {shown(FIRST_TRADE)}, once")


@check(
    hint="On the second day the file is there already: begin with DROP TABLE IF EXISTS stocks, or do not make it again.",
)
def test_runs_again_with_the_same_trades(student):
    """Works a second time and still has the same trades, each of them once"""
    first = run_trades(student).expect_exit(0)
    rows = stored(student)
    if not rows and not trade_lines(first.lines):
        raise Mismatch(first.what_it_printed(), did=first.did, expected="trades on the screen and in the file")
    second = student.run(TRADES, did=f"We ran {TRADES} a second time")
    second.expect_exit(0)
    again = stored(student)
    if sorted(again, key=repr) != sorted(rows, key=repr):
        raise Mismatch(
            f"after the first run {TRADES_FILE} held {len(rows)} trades, after the second {len(again)}",
            did=second.did,
            expected="the same trades as after the first run, each of them once",
        )
    if len(trade_lines(second.lines)) != len(trade_lines(first.lines)):
        raise Mismatch(second.what_it_printed(), did=second.did, expected="the same output as in the first run")


# ---- named rows


@check(hint="Select the rows ORDER BY i1, and print number and word of each with one blank between them.")
def test_prints_the_three_named_rows(student):
    """Prints the lines 1 one, 2 two, 3 three"""
    run_named(student)


@check(hint="Call connection.commit() after the inserts: without it the rows are gone when the program ends.")
def test_keeps_the_named_rows_in_the_file(student):
    """Leaves the table test(t1 text, i1 int) with its three rows in test.db"""
    forget_file(student, NAMED_FILE)
    run = student.run(NAMED)
    if not student.has(NAMED_FILE):
        run.expect_exit(0)
    did = f"We ran {NAMED} and looked into {NAMED_FILE}"
    expect_columns(student, NAMED_FILE, "test", {"t1": "text", "i1": "int"}, did, DECLARE_TYPES)
    expect_named_rows(student, f"We ran {NAMED}, waited for its end and looked into {NAMED_FILE}")


@check(hint="DROP TABLE IF EXISTS test, before you create it.")
def test_replaces_an_old_table(student):
    """Works when test.db has a table test already, and replaces it"""
    forget_file(student, NAMED_FILE)
    before = student.run(NAMED).expect_exit(0)
    if not before.lines:
        raise Mismatch(before.what_it_printed(), did=before.did, expected="the three lines")
    forget_file(student, NAMED_FILE)
    student.execute(
        NAMED_FILE,
        ("CREATE TABLE test(id integer primary key, word text)", [()]),
        ("INSERT INTO test(word) VALUES (?)", [("old",)]),
    )
    run = student.run(NAMED, did=f"We put another table test into {NAMED_FILE} and ran {NAMED}")
    if run.expect_exit(0).lines != before.lines:
        raise Mismatch(
            run.what_it_printed(), did=run.did, expected=f"what it prints without that table: {', '.join(before.lines)}"[:200]
        )
    if student.query(NAMED_FILE, "SELECT count(*) FROM pragma_table_info('test') WHERE name = 'word'") != [[0]]:
        raise Mismatch("the old table was still there", did=run.did, expected="a new table test(t1 text, i1 int) in its place")


def old_tables(st):
    """The columns and rows of a table `test`, and how often the program is run."""
    names = ["word", "id", "t1", "i1", "T1", "x", "sum total", "Größe"]
    names = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique_by=str.lower)
    kinds = st.lists(
        st.sampled_from(["text", "int", "", "integer unique", "text not null default 'old'"]), min_size=4, max_size=4
    )
    columns = st.tuples(names, kinds).map(lambda pair: dict(zip(*pair, strict=False)))
    return st.tuples(columns, st.integers(0, 3), st.sampled_from(["test", "TEST"]), st.integers(1, 2))


@check(
    needs=["prints_the_three_named_rows", "keeps_the_named_rows_in_the_file", "replaces_an_old_table"],
    hint="DROP TABLE IF EXISTS test, and only then CREATE TABLE test(t1 text, i1 int).",
)
@scenarios(old_tables, says="a table `test` that is there already is dropped first", most=3)
def test_replaces_any_old_table(student, scenario):
    """Works whatever table test was in test.db before, and however often it is run"""
    columns, rows, table, runs = scenario
    student.add_file(NAMED_FILE, database_with(table, columns, [[f"{row}" for _ in columns] for row in range(rows)]))
    made = ", ".join(f"{name} {kind}".strip() for name, kind in columns.items())
    did = f"We put a table {table}({made}) with {count_of(rows)} into {NAMED_FILE} and ran {NAMED}"
    for _ in range(runs):
        expect_lines(student.run(NAMED, did=did).expect_exit(0))
        did += " again"
    did = did.removesuffix(" again")
    expect_columns(student, NAMED_FILE, "test", {"t1": "text", "i1": "int"}, did, DECLARE_TYPES)
    expect_named_rows(student, did)


def count_of(rows):
    return "1 row" if rows == 1 else f"{rows} rows"


@check(hint="With connection.row_factory = sqlite3.Row a row knows its columns: row['i1'] and row['t1'], not row[0] and row[1].")
def test_reads_columns_by_name(student, rng):
    """line_of(row) takes number and word by their columns' names, wherever these stand in the row"""
    rows = []
    for shift in range(3):  # so that each column stands once in each place
        values = {
            "t1": rng.choice(WORDS),
            "i1": rng.randint(4, 99),
            "other": rng.choice([rng.choice(WORDS), rng.randint(100, 999)]),
        }
        columns = list(values)[shift:] + list(values)[:shift]
        rows.append({column: values[column] for column in columns})
    did = "We called line_of with sqlite3.Row objects whose columns other, t1 and i1 stand in any order"
    expected = f"'{rows[0]['i1']} {rows[0]['t1']}'"
    try:
        found = student.call_each(NAMED.removesuffix(".py"), [("line_of", NamedRow(row)) for row in rows])
    except Crashed as fault:
        raise Crashed(fault.happened, did=did, expected=expected, place=fault.place) from None
    for line, row in zip(found, rows, strict=True):
        if not isinstance(line.value, str) or line.value.split() != [str(row["i1"]), row["t1"]]:
            happened = f"for the columns {', '.join(row)} with the values {shown_row(row)} it returned {line.value!r}"
            raise Mismatch(happened[:200], did=did, expected=f"'{row['i1']} {row['t1']}'")


def shown_row(row):
    return ", ".join(map(repr, row.values()))


# ---- running and looking


def run_trades(student):
    """Run the program where no database is left from an earlier day."""
    forget_file(student, TRADES_FILE)
    return student.run(TRADES)


def run_named(student):
    forget_file(student, NAMED_FILE)
    return expect_lines(student.run(NAMED).expect_exit(0))


def expect_lines(run):
    wanted = [f"{number} {word}" for word, number in NAMED_ROWS]
    found = [line for line in map(squeeze, run.lines) if line in wanted]
    if found != wanted:
        raise Mismatch(run.what_it_printed(), did=run.did, expected=f"the lines {', '.join(wanted)}, in this order")
    return run


def forget_file(student, name):
    """Delete a database that was handed in, or that a module without `__main__` guard made when it was imported."""
    student.remove_file(name)


def call(student, function, *arguments):
    forget_file(student, TRADES_FILE)
    return student.call(f"stock_trades:{function}", *arguments)


def why_not_saved(student, database, action):
    """Do it once more with the SQL written down, and return what that tells: words to end a sentence with, or none."""
    with student.trace_sql() as trace:
        try:
            action()
        except (Crashed, Mismatch, Missing):
            return ""
    reason = trace.why_not_saved(database)
    return f". The statements your program gave to SQLite say why: {reason}" if reason else ""


def stored(student):
    """The trades in the program's file; none if there is no such table, which is for another check to say."""
    try:
        return normal(student.query(TRADES_FILE, ROWS))
    except (Mismatch, Missing):
        return []


def filled(student, trades):
    """The name of a database that holds these trades."""
    forget_file(student, "check.db")
    table = 'CREATE TABLE "stocks" ("date" text, "trans" text, "symbol" text, "qty" real, "price" real)'
    student.execute("check.db", (table, [()]), ('INSERT INTO "stocks" VALUES (?, ?, ?, ?, ?)', trades))
    return "check.db"


def database_with(table, columns, rows):
    """The bytes of a database with one table, made here: nothing that a student's program wrote is read."""
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with contextlib.closing(sqlite3.connect(":memory:")) as connection, connection:
        connection.execute(f'CREATE TABLE "{table}" ({declared})')
        connection.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(columns))})', rows)
        connection.commit()
        return connection.serialize()


def expect_columns(student, database, table, wanted, did, hint=""):
    """The declared columns and what SQLite makes of their types (its documentation, "Datatypes in SQLite", 3.1)."""
    found = {
        name.lower(): affinity(kind.upper())
        for name, kind in student.query(database, "SELECT name, type FROM pragma_table_info(?)", table)
    }
    expected = f"a table {table} with the columns {', '.join(f'{name} {kind}' for name, kind in wanted.items())}"
    if not found:
        raise Missing(f"there is no table {table}", did=did, expected=expected)
    if found != wanted:
        columns = ", ".join(f"{name} {kind or 'of another type'}" for name, kind in found.items())
        raise Mismatch(f"its columns are {columns}", did=did, expected=expected, hint=hint)


def affinity(declared):
    if "INT" in declared:
        return "int"
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "text"
    return "real" if any(word in declared for word in ("REAL", "FLOA", "DOUB")) else ""


def expect_named_rows(student, did):
    rows = student.query(NAMED_FILE, "SELECT t1, i1 FROM test")
    if not rows:

        def run_once_more():
            forget_file(student, NAMED_FILE)
            student.run(NAMED)

        reason = why_not_saved(student, NAMED_FILE, run_once_more)
        raise Mismatch(f"the table test is empty{reason}", did=did, expected="three rows: one 1, two 2, three 3")
    if sorted(rows, key=repr) != sorted(NAMED_ROWS, key=repr):
        raise Mismatch(f"it held {rows!r}"[:300], did=did, expected="three rows: one 1, two 2, three 3")


# ---- trades in what was printed


def around_the_rule(run):
    """The lines before and after the rule: of several rules, the first one below the first trade."""
    lines = run.lines
    start = next((place for place, line in enumerate(lines) if shows(line, FIRST_TRADE)), 0)
    rule = next((place for place in range(start, len(lines)) if is_rule(lines[place])), None)
    run.expect_exit(0)
    if rule is None:
        raise Mismatch(run.what_it_printed(), did=run.did, expected="a rule: a line of - signs or the like below the first trade")
    return lines[:rule], lines[rule + 1 :]


def is_rule(line):
    """Three signs or more that are neither letters nor digits, and no words."""
    return re.fullmatch(r"[\W_]{3,}", line.replace(" ", "")) is not None


def trade_lines(lines):
    """The lines that show some trade: a date, BUY or SELL, and two numbers besides."""
    return [line for line in lines if re.search(r"\b(BUY|SELL)\b", line) and DATE.search(line) and len(figures(line)) >= 2]


DATE = re.compile(r"\d{4}-\d\d-\d\d")


def shows(line, trade):
    """Whether all five values stand in the line. Numbers may be written as 100, 100.0 or 1,000.00."""
    words = [str(value) for value in trade if not isinstance(value, float)]
    if not all(re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", line) for word in words):
        return False
    symbol = words[2]
    found = figures(line if re.fullmatch(r"[\d.,]+", symbol) else line.replace(symbol, " "))  # B100 holds no quantity
    return all(any(abs(number - value) < 0.0051 for number in found) for value in trade if isinstance(value, float))


def figures(line):
    """The numbers in a line without its date, with commas as parts of them and without."""
    rest = DATE.sub(" ", line)
    plain = [float(text) for text in re.findall(r"\d+(?:\.\d+)?", rest)]
    grouped = [float(text.replace(",", "")) for text in re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", rest)]
    return plain + grouped


def squeeze(text):
    return " ".join(text.split())


# ---- trades of the checks' own


def a_trade(rng):
    return f"{rng.randint(1999, 2019)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", rng.choice(["BUY", "SELL"])


def numbers(rng):
    return float(rng.randint(2, 99) * 10), rng.randint(100, 99999) / 100


def some_trades(rng, count=8):
    """Random trades, two of them of one symbol, in the order of no column; prices as text have another order than as numbers."""
    while True:
        symbols = rng.sample(SYMBOLS, count - 1)
        trades = [(*a_trade(rng), symbol, *numbers(rng)) for symbol in [*symbols, symbols[0]]]
        prices = [[trade[4] for trade in sorted(trades, key=lambda trade: trade[column])] for column in range(4)]
        prices += [[trade[4] for trade in trades], sorted((trade[4] for trade in trades), key=str)]
        if len(set(prices[0])) == count and not any(is_sorted(order) for order in prices):
            return trades


def is_sorted(values):
    """Whether they only go up, or only go down."""
    return all(a <= b for a, b in pairwise(values)) or all(a >= b for a, b in pairwise(values))


def expect_sorted(prices, did):
    prices = [price for price in prices if isinstance(price, float)]
    if prices != sorted(prices):
        came = ", ".join(f"{price:g}" for price in prices)
        hint = SORTED_AS_TEXT if prices == sorted(prices, key=str) else ""
        raise Mismatch(f"the prices came as {came}", did=did, expected="the lowest price first, the highest last", hint=hint)


def expect_trades_of(student, trades, symbols):
    name = filled(student, trades)
    for symbol in symbols:
        rows = call(student, "trades_of", Database(name), symbol)
        wanted = [trade for trade in trades if trade[2] == symbol]
        did = f"We put {len(trades)} trades into a table and called trades_of for the symbol {symbol!r}"
        expect_same(rows, wanted, did, "returned", NO_PATTERN if symbol == "%" else "")


def expect_stored(student, trades):
    name = filled(student, [])
    call(student, "add_trades", Database(name), trades)
    expect_same(student.query(name, ROWS), trades, f"We called add_trades with {len(trades)} trades", "stored")


def expect_same(rows, trades, did, verb, hint=""):
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 5 for row in rows):
        raise Mismatch(f"what was {verb} is {rows!r}"[:300], did=did, expected=FIVE_VALUES)
    got, wanted = normal(rows), normal(trades)
    for trade in wanted:
        if trade not in got:
            raise Mismatch(
                f"{shown(trade)} is not among the {len(got)} trades that were {verb}", did=did, expected="that trade, unchanged"
            )
    for trade in got:
        if trade not in wanted:
            expected = f"{how_many(wanted)}, and no others" if wanted else "no trade at all"
            raise Mismatch(f"{shown(trade)} was {verb} too", did=did, expected=expected, hint=hint)
    if sorted(got, key=repr) != sorted(wanted, key=repr):
        often = (
            "each of them once" if all(wanted.count(trade) == 1 for trade in wanted) else "equal ones as often as they were added"
        )
        raise Mismatch(f"{how_many(got)} {was(got)} {verb}", did=did, expected=f"{how_many(wanted)}, {often}")


def normal(rows):
    """Rows as lists, qty and price as float: 100 is as good as 100.0, and the type of a column is for its own check to judge."""
    return [[*map(str, row[:3]), *map(as_number, row[3:])] for row in rows]


def as_number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def shown(trade):
    date, trans, symbol, qty, price = trade
    return f"{date} {trans} {symbol} {qty} {price}"


def listed(trades):
    return f"{how_many(trades)}: {'; '.join(map(shown, trades[:4]))}"


def was(trades):
    return "was" if len(trades) == 1 else "were"


def how_many(trades):
    return "1 trade" if len(trades) == 1 else f"{len(trades)} trades"
