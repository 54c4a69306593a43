"""What we may not read or write is told in a line, with status 2: systemd does not try that again."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import OWN_VARIABLES, PROJECT, free_port

pytestmark = pytest.mark.once

PR_CAPBSET_DROP = 24  # linux/prctl.h
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2  # linux/capability.h


def give_up_privileges() -> None:
    """Let the modes of files hold for root, too; anybody else has nothing to give up."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def refused(*arguments: str, **env: str) -> list[str]:
    """Run ``manage.py`` as somebody whom the modes of files stop, and return the lines that it prints."""
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], preexec_fn=give_up_privileges,
        cwd=PROJECT, env={**inherited, **env}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.splitlines()


@pytest.fixture
def shut(tmp_path: Path) -> Iterator[Path]:
    """A folder that we may not look into."""
    folder = tmp_path / "shut"
    folder.mkdir(mode=0)
    yield folder
    folder.chmod(0o700)


def test_a_folder_of_somebody_else(shut: Path) -> None:
    tls = str(shut / "x.pem")

    said = refused("serve", XPENSER_DATA=str(shut / "x"), TLS_CERT=tls, TLS_KEY=tls)

    assert said == [
        f"XPENSER_DATA='{shut}/x': a folder that can be written is wanted, and {shut} is none for this user",
        f"TLS_CERT='{tls}': the file can't be read: Permission denied",
        f"TLS_KEY='{tls}': the file can't be read: Permission denied",
    ]


def test_a_secret_key_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0)

    said = refused("serve", XPENSER_DATA=str(tmp_path))

    assert said == [f"XPENSER_DATA='{tmp_path}': secret_key in it: Permission denied"]


def test_files_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "xpenser.sqlite3").touch(mode=0o400)
    (tmp_path / "serve.lock").touch(mode=0o400)
    (tmp_path / "receipts").mkdir(mode=0o500)

    said = refused("serve", XPENSER_DATA=str(tmp_path), PORT=str(free_port()))

    files = f"{tmp_path}/xpenser.sqlite3, {tmp_path}/serve.lock, {tmp_path}/receipts"
    hint = f"Give them to who runs the server: chown -R NAME {tmp_path}"
    assert said == [f"CommandError: {files} can't be written. {hint} (xpenser.E001)"]


def test_a_certificate_has_no_place_there(shut: Path, tmp_path: Path) -> None:
    said = refused("devcert", "--data", str(shut), XPENSER_DATA=str(tmp_path))

    assert said == [f"CommandError: {shut}/tls/ca.pem: Permission denied"]
