"""What the room says of itself: its list of modules is complete, and names none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

from grader import sandbox


def test_the_list_of_modules_is_true() -> None:
    folder = Path(sandbox.__file__).parent
    listed = re.findall(r"\b([a-z_]+(?:\.py|/))", sandbox.__doc__ or "")
    modules = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    folders = {f"{path.parent.name}/" for path in folder.glob("*/*.py")}
    assert sorted(listed) == sorted(modules | folders)
