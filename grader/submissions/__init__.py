"""Whose folder is whose, and what is in it: bytes, commit, roster, changed files. Nothing is graded in here."""
