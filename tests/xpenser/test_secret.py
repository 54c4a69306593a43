from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xpenser.env import BadEnvironment
from xpenser.secret import secret_key


def test_it_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"

    key = secret_key(data)

    assert len(key) >= 50
    assert secret_key(data) == key
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in data.iterdir()] == ["secret_key"]


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    assert secret_key(tmp_path / "a") != secret_key(tmp_path / "b")


def test_those_who_start_at_once_agree(tmp_path: Path) -> None:
    for attempt in range(20):
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(secret_key, [tmp_path / str(attempt)] * 8))

        assert len(keys) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadEnvironment, match=r"^XPENSER_DATA='.*/file/data': the folder can't be made: Not a"):
        secret_key(tmp_path / "file" / "data")
