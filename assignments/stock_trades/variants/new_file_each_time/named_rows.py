"""Rows with names, without a main program that could be imported."""

import sqlite3
from operator import itemgetter


class Words:
    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row

    def make(self, *rows):
        self.connection.execute("begin")
        self.connection.execute("drop table if exists test")
        self.connection.execute("create table test(t1 text, i1 int)")
        for row in rows:
            self.connection.execute("insert into test(i1, t1) values (?, ?)", row)
        self.connection.execute("commit")

    def __iter__(self):
        return iter(self.connection.execute("select * from test order by i1 desc").fetchall()[::-1])


def line_of(row):
    return " ".join(map(str, itemgetter("i1", "t1")(row)))


words = Words("test.db")
words.make((1, "one"), (2, "two"), (3, "three"))
for word in words:
    print(line_of(word))
