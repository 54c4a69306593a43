"""JPEG: ITU-T T.81, annex B; JFIF: T.871; ICC in APP2: ICC.1, annex B. Adobe's APP14 tells the colours."""

import re
import struct
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from accounts.buffers import Buffer
from accounts.sentences import sentence
from expenses.images.coded import Coded, Damaged, counted
from expenses.images.errors import TooManyFrames
from expenses.images.icc import is_profile
from expenses.images.metadata import EXIF, minimal_exif, turned_exif

MAX_SCANS: Final = 100
"""Scans of a progressive JPEG: each is a pass over all pixels, in however few bytes. Encoders write 10 or so."""

SIGNATURE: Final = re.compile(rb"\xff\xd8\xff")
START, END = b"\xff\xd8", b"\xff\xd9"
SOF0, SOF1, DHT, JPG, DAC, EOI, SOS, DQT, DRI = 0xC0, 0xC1, 0xC4, 0xC8, 0xCC, 0xD9, 0xDA, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
FRAMES: Final = frozenset(range(SOF0, 0xD0)) - {DHT, JPG, DAC}
CODING: Final = FRAMES | {DHT, DAC, SOS, DQT, DRI}
"""Segments whose length libjpeg holds against their content. It skips DNL unread, so one could hold anything."""
ICC: Final = b"ICC_PROFILE\0"

MARKER: Final = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
SCAN_END: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""In coded data FF 00 is a byte, FF D0 to FF D7 are restarts and FF FF is filling (B.1.1.2, B.1.1.5)."""
READ_AHEAD: Final = bytes(16)
"""More than the 8 bytes that libjpeg's bit buffer takes before it needs them."""


class _Segment(NamedTuple):
    marker: int
    body: memoryview
    scan: memoryview
    """The coded data that follow a scan's header."""


def stripped(data: memoryview) -> Coded:
    """Return the first picture in ``data`` without metadata. Raises Damaged, TooManyFrames and struct.error."""
    segments = list(counted(_segments(data)))
    scans = sum(segment.marker == SOS for segment in segments)
    if scans > MAX_SCANS:
        raise TooManyFrames(scans, sentence("scans"), MAX_SCANS)
    width = height = frame = 0
    for segment in segments:
        if segment.marker in FRAMES:
            frame = segment.marker
            height, width = struct.unpack_from(">HH", segment.body, 1)
    # libjpeg takes the end of the image for the missing rest of a scan, and only warns. Without an end it asks for
    # more, which Pillow refuses. It decodes so row by row only where there is one scan, and stops so only in Huffman
    # codes: of a picture in several scans it wants to see the end first, so a cut one is taken.
    trial_end = READ_AHEAD if scans == 1 and frame in {SOF0, SOF1} else b""
    return Coded([START, *_kept(segments), END], width, height, trial_end=trial_end)


def turned(data: memoryview) -> list[Buffer]:
    """Return a stripped picture turned by a quarter, clockwise: the pixels stay, it says how to show them."""
    segments = list(_segments(data))
    shown = next((bytes(body) for marker, body, _ in segments if marker == APP1), b"")
    kept = [_segment(*segment) for segment in segments if segment.marker != APP1]
    if exif := turned_exif(shown):
        kept.insert(segments[0].marker == APP0, _segment(APP1, EXIF + exif))  # JFIF's own comes first
    return [START, *chain.from_iterable(kept), END]


def _segments(data: memoryview) -> Iterator[_Segment]:
    """Yield the segments up to the first end of image."""
    at = 2
    while (marker := MARKER.match(data, at)) and marker[1][0] != EOI:
        (length,) = struct.unpack_from(">H", data, marker.end())
        start, at = marker.end() + 2, marker.end() + length
        end = _scan_end(data, at) if marker[1][0] == SOS else at
        yield _Segment(marker[1][0], data[start:at], data[at:end])
        at = end
    if marker is None:
        raise Damaged("its end is missing")


def _scan_end(data: memoryview, at: int) -> int:
    end = SCAN_END.search(data, at)
    return end.start() if end else len(data)


def _kept(segments: list[_Segment]) -> Iterable[Buffer]:
    has_profile = _has_profile(segments)
    for marker, body, scan in segments:
        if marker in CODING or (has_profile and _is_profile_part(marker, body)):
            yield from _segment(marker, body, scan)
        elif display := _display(marker, bytes(body)):
            yield from _segment(marker, display)


def _is_profile_part(marker: int, body: memoryview) -> bool:
    return marker == APP2 and bytes(body[: len(ICC)]) == ICC


def _has_profile(segments: list[_Segment]) -> bool:
    """Parts of a profile are numbered, right after what they all begin with; then comes their count."""
    parts = sorted(bytes(body) for marker, body, _ in segments if _is_profile_part(marker, body))
    return is_profile(b"".join(part[len(ICC) + 2 :] for part in parts))


def _display(marker: int, body: bytes) -> bytes:
    """Return what the display of the picture needs of a segment that may also hold other things."""
    if marker == APP0 and body.startswith(b"JFIF\0"):
        return body[:12] + b"\0\0"  # the size of its thumbnail
    if marker == APP14 and body.startswith(b"Adobe"):
        return body[:12]
    if marker == APP1 and body.startswith(EXIF) and (exif := minimal_exif(body)):
        return EXIF + exif
    return b""


def _segment(marker: int, body: Buffer, scan: Buffer = b"") -> tuple[Buffer, ...]:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2), body, scan
