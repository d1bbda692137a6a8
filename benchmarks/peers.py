"""The ways of grading that `against_peers` compares: the same checks on the same submissions. Nothing is measured in here.

Those of pytest and of this grader need nothing but `.venv`; the others come from an environment of their own (`with_peers`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks import judging, plain

ROOT = Path(__file__).resolve().parent.parent
PARALLEL = 2
CHECKS = {"staff": judging.STAFF_CHECKS, "clock": judging.CLOCK_CHECKS}
Verdicts = Counter[str]
"""How many checks passed and failed."""


@dataclass(frozen=True)
class Peer:
    name: str
    parallel: int
    grade: Callable[[Path], Verdicts]
    """Grade `class/` of the benchmark's folder."""


def bare_processes(place: Path, prefix: Sequence[str] = ()) -> Verdicts:
    jobs = [(folder, check) for folder in _folders(place) for check in CHECKS[folder.name]]
    with ThreadPoolExecutor(PARALLEL) as executor:
        wrong = list(executor.map(lambda job: plain.wrong_with(*job, prefix=prefix), jobs))
    return Counter("failed" if one else "passed" for one in wrong)


def bwrap_processes(place: Path) -> Verdicts:
    return bare_processes(place, plain.bwrap())


def pytest_per_submission(place: Path) -> Verdicts:
    return _each(place, lambda folder: _pytest(sys.executable, [folder]))


def pytest_in_one_session(place: Path) -> Verdicts:
    return _pytest(sys.executable, _folders(place))


def this_grader(place: Path) -> Verdicts:
    report = place / "report.json"
    command = [sys.executable, "-m", "grader", "run", "--regrade", "--require-sandbox", "--jobs", str(PARALLEL)]
    command += ["--json", str(report), "--course", str(place / "course"), "--submissions", str(place / "class")]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    results = json.loads(report.read_text(encoding="utf-8"))["results"]
    return Counter(check["status"] for result in results for check in result["checks"])


BARE = Peer("bare processes, no confinement", PARALLEL, bare_processes)
OURS = Peer("grader run --regrade, sandbox", PARALLEL, this_grader)
PEERS = (
    BARE,
    Peer("bare processes, each in a small bwrap", PARALLEL, bwrap_processes),
    Peer("pytest, one process per submission", PARALLEL, pytest_per_submission),
    Peer("pytest, all in one session", 1, pytest_in_one_session),
)


def with_peers(environment: Path) -> tuple[Peer, ...]:
    """The peers of a virtual environment with pytest, pytest-xdist, check50 and gradescope-utils."""
    python, check50 = str(environment.resolve() / "bin" / "python"), str(environment.resolve() / "bin" / "check50")
    at_once = ["-p", "xdist", "-n", str(PARALLEL), "--dist", "worksteal"]
    return (
        Peer("pytest-xdist, all in one session", PARALLEL, lambda place: _pytest(python, _folders(place), at_once)),
        Peer("gradescope-utils, one process per submission", PARALLEL, lambda place: _each(place, _gradescope(python))),
        Peer("check50 --dev, one process per submission", PARALLEL, lambda place: _each(place, _check50(check50, place))),
    )


def _folders(place: Path) -> list[Path]:
    return sorted((place / "class").glob("*/*"))


def _each(place: Path, grade: Callable[[Path], Verdicts]) -> Verdicts:
    with ThreadPoolExecutor(PARALLEL) as executor:
        return sum(executor.map(grade, _folders(place)), Counter())


def _pytest(python: str, folders: Sequence[Path], options: Sequence[str] = ()) -> Verdicts:
    """Run plain pytest, with no cache and no other plugin than `options` name, on some submissions."""
    command = [python, "-I", "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-c", os.devnull, *options]
    names = os.pathsep.join(map(str, folders))
    environment = {**os.environ, "SUBMISSIONS": names, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    file = Path(__file__).with_name("plain_pytest.py")
    run = subprocess.run([*command, str(file)], env=environment, capture_output=True, text=True, check=False)
    last = run.stdout.strip().splitlines()[-1]
    return Counter({word: int(many) for many, word in re.findall(r"(\d+) (passed|failed|errors?)", last)})


def _gradescope(python: str) -> Callable[[Path], Verdicts]:
    def grade(folder: Path) -> Verdicts:
        command = [python, "-I", str(Path(__file__).with_name("plain_gradescope.py"))]
        run = subprocess.run(command, env={**os.environ, "SUBMISSIONS": str(folder)}, capture_output=True, check=True)
        return Counter(test["status"] for test in json.loads(run.stdout)["tests"])

    return grade


def _check50(program: str, place: Path) -> Callable[[Path], Verdicts]:
    for slug, names in CHECKS.items():
        problem = place / "check50" / slug
        problem.mkdir(parents=True, exist_ok=True)
        text = Path(__file__).with_name("plain_check50.py").read_text(encoding="utf-8")
        text = text.replace('"REPOSITORY"', repr(str(ROOT))).replace("NAMES", repr(names))
        (problem / "__init__.py").write_text(text, encoding="utf-8")
        (problem / ".cs50.yaml").write_text("check50: true\n", encoding="utf-8")

    def grade(folder: Path) -> Verdicts:
        answer = place / "check50" / f"{folder.parent.name}-{folder.name}.json"
        command = [program, "--dev", "--log-level", "warning", "-o", "json", "--output-file", str(answer)]
        subprocess.run([*command, str(place / "check50" / folder.name)], cwd=folder, capture_output=True, check=False)
        results = json.loads(answer.read_text(encoding="utf-8"))["results"]
        return Counter("passed" if result["passed"] else "failed" for result in results)

    return grade
