"""``check --deploy`` has nothing to say of a server that people reach by https."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.live import OWN_VARIABLES, PROJECT

pytestmark = pytest.mark.once


def checked(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=PROJECT, env={**inherited, "XPENSER_DATA": str(folder), **env},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_it_works(tmp_path: Path) -> None:
    done = checked(tmp_path / "data", PUBLIC_URL="https://expenses.example.com")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (1 silenced).\n"), done.stderr


def test_it_says_what_the_operator_gave_up(tmp_path: Path) -> None:
    done = checked(tmp_path / "data", PUBLIC_URL="https://expenses.example.com", HSTS_SECONDS="0")

    assert done.returncode == 1
    assert "security.W004" in done.stderr


def test_only_one_is_silenced() -> None:
    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W008"]


@pytest.mark.parametrize(
    "gate",
    [
        "IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT", "AUTHZ_RESPONSE_ISS",
        "TOKEN_STORAGE", "REFRESH_TOKEN", "REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING", "PKCE_REQUIRED",
    ],
)  # fmt: skip
def test_every_gate_is_shut(gate: str) -> None:
    assert settings.OAUTH2_PROVIDER[f"COMPLIANT_BCP_RFC9700_{gate}"] is True


def test_there_is_no_other_gate() -> None:
    from oauth2_provider.settings import DEFAULTS

    gates = {name for name in DEFAULTS if name.startswith("COMPLIANT_")}

    assert gates == {name for name in settings.OAUTH2_PROVIDER if name.startswith("COMPLIANT_")}
