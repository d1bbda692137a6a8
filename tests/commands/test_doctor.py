from __future__ import annotations

from pathlib import Path

import pytest

from grader.commands import doctor
from tests.fakes import write


def test_doctor_knows_what_keeps_the_sandbox_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "APPARMOR", write(tmp_path / "apparmor", "1\n"))
    monkeypatch.setattr(doctor, "USER_NAMESPACES", write(tmp_path / "namespaces", "0\n"))
    monkeypatch.setattr(doctor, "CONTAINER_MARKS", (write(tmp_path / ".dockerenv"),))
    advice = "\n".join(doctor.what_to_do("Linux"))
    for words in ("seccomp=unconfined", "apparmor_restrict_unprivileged_userns=0", "max_user_namespaces", "bubblewrap"):
        assert words in advice
    assert "WSL2" in doctor.what_to_do("Windows")[0]
