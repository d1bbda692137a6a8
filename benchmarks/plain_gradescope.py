"""The same checks for gradescope-utils, for the submission in $SUBMISSIONS: prints its JSON report. `peers` starts it."""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

from gradescope_utils.autograder_utils.decorators import number, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import judging, plain

FOLDER = Path(os.environ["SUBMISSIONS"])


def test(name: str):
    @weight(1)
    @number(name)
    def run(self):
        self.assertEqual(plain.wrong_with(FOLDER, name), "")

    return run


NAMES = judging.STAFF_CHECKS if FOLDER.name == "staff" else judging.CLOCK_CHECKS
Checks = type("Checks", (unittest.TestCase,), {f"test_{name}": test(name) for name in NAMES})

JSONTestRunner(stream=sys.stdout).run(unittest.defaultTestLoader.loadTestsFromTestCase(Checks))
