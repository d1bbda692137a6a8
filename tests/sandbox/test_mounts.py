"""What mounting says when it cannot be done. That it works is seen in every session."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.errors import CannotGrade
from grader.sandbox.mounts import unmount

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts exist in the sandbox only, and that is Linux")


def test_says_why_a_folder_cannot_be_unmounted(tmp_path: Path) -> None:
    with pytest.raises(CannotGrade, match="umount2 failed in the session: "):
        unmount(tmp_path)
