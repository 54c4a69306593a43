"""Content in memory and in files is the same to who reads it."""

from io import SEEK_CUR, SEEK_END, BytesIO
from mmap import mmap
from tempfile import TemporaryFile

import pytest

from accounts.buffers import IN_MEMORY, Buffer, kept, reading, taken
from tests.xpenser.test_health import files_of_at_most

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("size", "where"), [(0, bytes), (IN_MEMORY, bytes), (IN_MEMORY + 1, mmap)])
def test_pieces_become_one_in_a_file_where_they_are_large(size: int, where: type) -> None:
    pieces: list[Buffer] = [b"l" * (size // 2), memoryview(b"u" * (size - size // 2))]

    one = kept(iter(pieces))

    assert one == b"".join(pieces)
    assert type(one.obj) is where


@pytest.mark.parametrize("size", [0, 7, IN_MEMORY + 7])
def test_a_file_is_taken_whole_wherever_it_is_and_outlives_it(size: int) -> None:
    content = bytes(range(1, 8)) * (size // 7)
    with TemporaryFile() as file, BytesIO(content) as in_memory:
        file.write(content)
        in_memory.seek(1)

        both = taken(file), taken(in_memory)

    assert [bytes(each) for each in both] == [content, content]


def test_a_full_disk_is_told() -> None:
    with files_of_at_most(IN_MEMORY), pytest.raises(OSError, match=r"File too large"):
        kept([bytes(IN_MEMORY + 1)])


def test_pieces_are_read_as_one_file() -> None:
    pieces: list[Buffer] = [b"lunch", b"", memoryview(b" 45 "), b"with jack"]
    whole = b"".join(pieces)
    file = reading(*pieces)

    assert (file.read(), file.read()) == (whole, b"")
    for start in range(len(whole) + 2):
        for size in range(len(whole) + 2):
            file.seek(start)
            assert file.read(size) == whole[start : start + size]
    assert (file.seek(-4, SEEK_END), file.read()) == (14, b"jack")
    assert (file.seek(-9, SEEK_CUR), file.read(4)) == (9, b"with")
    assert (reading().seek(0, SEEK_END), reading().read()) == (0, b"")
