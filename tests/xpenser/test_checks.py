import dataclasses
from pathlib import Path

import pytest
from django.core import checks
from pytest_django import Settings

from tests.live import LiveServer
from xpenser.apps import tasks_backend_check
from xpenser.checks import data_folder, sign_up_and_mail, upload_limits
from xpenser.env import BadEnvironment
from xpenser.secret import secret_keys

pytestmark = pytest.mark.once


def test_as_it_comes_all_is_well() -> None:
    assert [problem for problem in checks.run_checks() if str(problem.id).startswith("xpenser.")] == []


@pytest.mark.parametrize("name", ["secret_key", "xpenser.sqlite3"])
def test_what_others_can_read(settings: Settings, tmp_path: Path, name: str) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path)
    secret_keys(tmp_path)
    (tmp_path / "xpenser.sqlite3").touch(mode=0o600)
    assert data_folder(None) == []

    (tmp_path / name).chmod(0o640)

    assert [problem.id for problem in data_folder(None)] == ["xpenser.W001"]
    assert name in data_folder(None)[0].msg


def test_a_folder_that_is_gone(settings: Settings, tmp_path: Path) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path / "gone")

    assert [problem.id for problem in data_folder(None)] == ["xpenser.E001"]


@pytest.mark.parametrize("name", ["receipts", "assets"])
def test_what_can_not_be_used_as_it_is(settings: Settings, tmp_path: Path, name: str) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path)
    (tmp_path / name).touch(mode=0o600)  # a file where a folder is wanted stops root, too

    (problem,) = data_folder(None)

    assert (problem.id, problem.msg) == ("xpenser.E001", f"{tmp_path / name} can't be written.")
    assert problem.hint == f"Give them to who runs the server: chown -R NAME {tmp_path}"


def test_a_receipt_must_fit_into_a_request(settings: Settings) -> None:
    settings.MAX_RECEIPT_BYTES = settings.MAX_UPLOAD_BYTES

    assert [problem.id for problem in upload_limits(None)] == ["xpenser.W002"]


@pytest.mark.parametrize(
    ("sign_up", "host", "found"), [("open", None, ["xpenser.W003"]), ("open", "mail.local", []), ("invited", None, [])]
)
def test_where_anybody_signs_up_there_is_mail(
    settings: Settings, sign_up: str, host: str | None, found: list[str]
) -> None:
    settings.SIGN_UP, settings.EMAIL_HOST = sign_up, host

    assert [problem.id for problem in sign_up_and_mail(None)] == found


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (
            "django_tasks.NoSuch",
            "no backend of tasks can be made of it: Could not find backend ",
        ),
        ("builtins.int", "no backend of tasks can be made of it: "),
        ("types.SimpleNamespace", r"this is no backend of django-tasks \(BaseTaskBackend\)$"),
    ],
)
def test_who_is_to_do_tasks_can(settings: Settings, backend: str, said: str) -> None:
    tasks_backend_check()

    settings.TASKS = {"default": {"BACKEND": backend}}

    with pytest.raises(BadEnvironment, match=f"^TASKS_BACKEND='{backend}': {said}"):
        tasks_backend_check()


def test_a_backend_that_is_none_is_told_in_a_line(tmp_path: Path) -> None:
    done = LiveServer(tmp_path, DATABASE_URL="", TASKS_BACKEND="types.SimpleNamespace").manage("serve")

    said = "TASKS_BACKEND='types.SimpleNamespace': this is no backend of django-tasks (BaseTaskBackend)\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
