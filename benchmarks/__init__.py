"""Measurements of the grader; see README.md. Nothing that `grader` or the tests need."""
