"""JUnit XML: `junit.xml`, which every CI reads. No other format in here.

One `<testsuite>` per student and assignment, one `<testcase>` per check; points are properties of suite and case. The form is
that of Jenkins' xunit plugin, `junit-10.xsd`. This file is for the instructor: hidden checks are in it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from grader.model import CheckResult, Report, Result, Status
from grader.reports.formats.graded import GradedClass, title, why
from grader.reports.text import inert
from grader.reports.wording import number

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold, not even escaped."""


def render(graded: GradedClass) -> dict[str, str]:
    """All checks of a run in one file."""
    root = ET.Element("testsuites", name="grader", time=f"{graded.report.wall_seconds:.3f}")
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for result in graded.results:
        suite = _suite(result, graded.report)
        root.append(suite)
        for name in totals:
            totals[name] += int(suite.get(name, "0"))
    root.attrib.update({name: str(many) for name, many in totals.items() if name != "skipped"})
    ET.indent(root)
    return {"junit.xml": ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"}


def _suite(result: Result, report: Report) -> ET.Element:
    def many(status: Status) -> str:
        return str(sum(check.status is status for check in result.checks))

    suite = ET.Element(
        "testsuite",
        name=_text(f"{inert(result.student, keep='')} {result.assignment}"),
        tests=str(len(result.checks)),
        failures=many(Status.FAILED),
        errors=many(Status.ERROR),
        skipped=many(Status.SKIPPED),
        time=f"{result.seconds:.3f}",
        timestamp=report.started_at.removesuffix("Z"),
        hostname="localhost",
    )
    about = {"score": number(result.awarded), "max_score": number(result.max_score), "isolation": result.isolation.value}
    _properties(suite, {**about, "commit": result.origin.commit, "seed": str(result.seed)})
    for check in result.checks:
        suite.append(_case(result, check))
    return suite


def _case(result: Result, check: CheckResult) -> ET.Element:
    classname = _text(f"{inert(result.student, keep='')}.{result.assignment}")
    case = ET.Element("testcase", classname=classname, name=_text(title(check)), time=f"{check.seconds:.3f}")
    _properties(case, {"id": check.id, "score": number(check.score), "max_score": number(check.max_score)})
    kinds = {Status.FAILED: "failure", Status.ERROR: "error", Status.SKIPPED: "skipped"}
    if check.status in kinds:
        text = _text(why(check, result))
        outcome = ET.SubElement(case, kinds[check.status], message=text.partition("\n")[0])
        if check.status is not Status.SKIPPED:
            outcome.set("type", check.status.value)
        outcome.text = text
    return case


def _properties(element: ET.Element, values: dict[str, str]) -> None:
    properties = ET.SubElement(element, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=_text(value))


def _text(text: str) -> str:
    return NOT_XML.sub("\ufffd", inert(text))
