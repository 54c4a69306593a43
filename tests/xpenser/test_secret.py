from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xpenser.env import BadEnvironment
from xpenser.secret import passing, secret_keys, see_one

pytestmark = pytest.mark.once


def test_it_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"

    (key,) = secret_keys(data)

    assert len(key) >= 50
    assert secret_keys(data) == [key]
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in data.iterdir()] == ["secret_key"]


def test_who_only_looks_leaves_none(tmp_path: Path) -> None:
    with passing():
        (key,) = secret_keys(tmp_path / "data")

        assert len(key) >= 50
        assert not (tmp_path / "data").exists()
        assert secret_keys(tmp_path / "data") != [key]
    made = secret_keys(tmp_path / "data")
    with passing():
        assert secret_keys(tmp_path / "data") == made


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    assert secret_keys(tmp_path / "a") != secret_keys(tmp_path / "b")


def test_those_who_start_at_once_agree(tmp_path: Path) -> None:
    for attempt in range(20):
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda folder: tuple(secret_keys(folder)), [tmp_path / str(attempt)] * 8))

        assert len(keys) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadEnvironment, match=r"^XPENSER_DATA='.*/file/data': the folder can't be made: Not a"):
        secret_keys(tmp_path / "file" / "data")


def test_older_keys_stand_below_the_newest(tmp_path: Path) -> None:
    new, old = "new" * 20, "old" * 20
    (tmp_path / "secret_key").write_text(f"{new}\n{old}\n")

    assert secret_keys(tmp_path) == [new, old]


@pytest.mark.parametrize("text", ["", "\n", "x" * 31, "x" * 60 + "\n" + "y" * 31, "é" * 60, "\0" * 67])
def test_a_key_that_was_cut_off_or_damaged_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret_key").write_text(text)

    with pytest.raises(BadEnvironment, match=r"^XPENSER_DATA='.*': secret_key in it is empty, cut off or damaged"):
        secret_keys(tmp_path)


def test_a_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()

    with pytest.raises(BadEnvironment, match=r"^XPENSER_DATA='.*': secret_key in it: Is a directory$"):
        secret_keys(tmp_path)


def test_looking_for_one_makes_none(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match=r"^XPENSER_DATA='.*/a': there is no ledger here yet: start the server"):
        see_one(tmp_path / "a")
    assert not list(tmp_path.iterdir())

    secret_keys(tmp_path / "a")

    see_one(tmp_path / "a")
