"""A lock with a name; that it keeps others out is the kernel's word, and ``test_serve.py`` sees it."""

from pathlib import Path

import pytest

from xpenser.locks import alone_by_name

pytestmark = pytest.mark.once


def test_a_file_gives_the_same_name_each_time_and_another_file_another_one(tmp_path: Path) -> None:
    names = []
    for file in ("one", "one", "other"):
        with alone_by_name(tmp_path / file) as name:
            names.append(name)

    assert names[0] == names[1] != names[2]
    assert all(len(name) == 32 for name in names)
