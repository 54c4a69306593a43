"""Items of HEIC: which are pictures (ISO/IEC 14496-12, section 8.11.6) and where they are (8.11.3)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from expenses.images.coded import Damaged, counted
from expenses.images.heic_boxes import Box, boxes
from expenses.images.reading import Reader

PICTURES: Final = frozenset(b"hvc1 grid iovl iden tmap".split())


class Extent(NamedTuple):
    """A part of an item, from ``start`` to ``end`` in the file."""

    item: int
    start: int
    end: int


def pictures_kept(out: bytearray, iinf: Box) -> frozenset[int]:
    """Return the ids of the items that are pictures; free all others. Raises Damaged, IndexError and struct.error."""
    pictures = set()
    for infe in counted(boxes(out, iinf.body + (8 if out[iinf.body] else 6), iinf.end)):
        wide = 4 if out[infe.body] == 3 else 2
        kind = infe.body + 6 + wide
        if bytes(out[kind : kind + 4]) in PICTURES:
            pictures.add(int.from_bytes(out[kind - 2 - wide : kind - 2], "big"))
        else:
            room = max(infe.end - kind, 0)
            out[kind : kind + room] = b"free".ljust(room, b"\0")[:room]
    return frozenset(pictures)


def extents(data: memoryview, iloc: Box, *, idat: int) -> Iterator[Extent]:
    """Yield all parts of all items. Raises Damaged and KeyError.

    ``idat`` is where the content of the box of that name starts: items may lie in the file or in there.
    """
    reader = Reader(data[iloc.body : iloc.end], fault="a box ends too early")
    version, _, sizes = reader.number(1), reader.number(3), reader.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if not length_size:
        raise Damaged("its items have no length")
    wide = 4 if version == 2 else 2
    for _ in range(reader.number(wide)):
        item = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)  # the data are in this file, or the picture fails to decode
        base = {0: 0, 1: idat}[method] + reader.number(base_size)
        for _ in range(reader.number(2)):
            reader.number(index_size if version else 0)
            start = base + reader.number(offset_size)
            yield Extent(item, start, start + reader.number(length_size))
