"""Damage that decoders put up with: what it hides is found or dropped, what it lacks is missed."""

import io
import re
import struct
from typing import Final

import pytest
from PIL import Image

from expenses.images import BrokenReceipt, TooManyPixels, inspect
from expenses.images.formats import PILLOW_LIMIT
from tests.expenses import pictures
from tests.expenses.pictures import (
    ICC,
    LARGE,
    PLACE,
    exif,
    gif,
    gif_bomb,
    heic,
    jpeg,
    plain_webp,
    segment,
    webp,
    webp_bomb,
)

pytestmark = pytest.mark.once

EXIF: Final = b"Exif\0\0" + exif().removeprefix(b"Exif\0\0")
TIFF: Final = EXIF[6:]


def stored(data: bytes) -> bytes:
    return bytes(inspect(data, **LARGE).data)


def profile_of(data: bytes) -> bytes | None:
    with Image.open(io.BytesIO(data)) as image:
        profile: bytes | None = image.info.get("icc_profile")
    return profile


def jpeg_with(part: bytes) -> bytes:
    return jpeg()[:2] + part + jpeg()[2:]


def jpeg_profile(*parts: bytes) -> bytes:
    """A JPEG whose colour profile comes in these parts, the last one first."""
    out = io.BytesIO()
    pictures.image().save(out, "JPEG")
    numbered = [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, start=1)
    ]
    return out.getvalue()[:2] + b"".join(reversed(numbered)) + out.getvalue()[2:]


def webp_grown(kind: bytes, swallowed: bytes, data: bytes) -> bytes:
    """A WebP with a chunk that has swallowed something."""
    at = data.index(kind) + 4
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + length
    grown = struct.pack("<I", length + len(swallowed)) + data[at + 4 : end] + swallowed
    content = data[8:at] + grown + data[end:]
    return b"RIFF" + struct.pack("<I", len(content)) + content


def gif_profile(profile: bytes) -> bytes:
    """A GIF with a colour profile, in parts of 255 bytes."""
    parts = [profile[at : at + 255] for at in range(0, len(profile), 255)]
    block = b"!\xff\x0bICCRGBG1012" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
    return gif_bomb(1)[:-1] + block + b";"


# Blocks that have swallowed their neighbour


def test_a_profile_in_parts_is_kept_in_a_jpeg() -> None:
    data = jpeg_profile(ICC[:100], ICC[100:])

    assert profile_of(stored(data)) == ICC


def test_a_profile_is_kept_in_a_gif() -> None:
    assert stored(gif_profile(ICC)) == gif_profile(ICC)


@pytest.mark.parametrize(
    "profile", [ICC + PLACE, ICC[:-1], ICC.replace(b"acsp", b"wasp", 1)], ids=["longer", "shorter", "unsigned"]
)
def test_a_profile_that_is_none_is_dropped(profile: bytes) -> None:
    assert stored(jpeg_profile(profile)) == stored(jpeg_profile())
    assert stored(gif_profile(profile)) == gif_bomb(1)


def test_a_profile_of_a_webp_that_is_none_is_dropped() -> None:
    grown = stored(webp_grown(b"ICCP", PLACE, webp()))

    assert PLACE not in grown
    assert grown[20] & 0x20 == 0
    assert profile_of(grown) is None


@pytest.mark.parametrize("kind", [b"VP8X", b"ANIM"])
def test_what_a_chunk_of_fixed_size_has_swallowed_is_dropped(kind: bytes) -> None:
    data = webp(frames=3)

    assert stored(webp_grown(kind, PLACE, data)) == stored(data)


def test_a_segment_that_decoders_skip_is_dropped() -> None:
    assert stored(jpeg_with(segment(0xDC, EXIF))) == stored(jpeg())


@pytest.mark.parametrize(
    "block",
    [
        b"!\xff\x0bNETSCAPE2.0\x05\x01\0\0ab\0",
        b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\x02ab\0",
        b"!\xf9\x06\0\0\0\0ab\0",
        b"!\xf9\x04\0\0\0\0\x02ab\0",
    ],
    ids=["a longer loop", "a loop and more", "a longer control", "a control and more"],
)
def test_a_block_of_a_gif_of_another_length_is_dropped(block: bytes) -> None:
    assert stored(gif_bomb(1)[:-1] + block + b";") == gif_bomb(1)


def test_a_picture_of_a_heic_does_not_bring_its_neighbour_back() -> None:
    data = heic()
    at = data.index(b"iloc") + 4 + 22
    (length,) = struct.unpack_from(">I", data, at)
    grown = struct.pack(">I", length + 40)

    kept = stored(data[:at] + grown + data[at + 4 :])

    assert kept == stored(data)[:at] + grown + stored(data)[at + 4 :]


@pytest.mark.parametrize(
    "swallowed",
    [
        b"EXIF" + struct.pack("<I", len(TIFF)) + TIFF,
        b"EXIF" + struct.pack("<I", len(EXIF)) + EXIF,
        b"EXIF\0\0\0\0MM\0*\0\0\0\x08",
        b"eXIf" + TIFF,
        b"XMP \0\0\0\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>",
        b"<?xpacket begin=''?>",
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
        b'exif:GPSLatitude="48"',
        b"Photoshop 3.0\x008BIM",
    ],
    ids=[
        "EXIF",
        "EXIF as in a JPEG",
        "EXIF of the other order",
        "EXIF as in a PNG",
        "XMP",
        "packet",
        "RDF",
        "place",
        "IPTC",
    ],
)
def test_metadata_in_the_place_of_pixels_are_refused(swallowed: bytes) -> None:
    data = webp_grown(b"VP8 ", swallowed + b"\0" * (len(swallowed) % 2), plain_webp(lossless=False))

    with pytest.raises(BrokenReceipt, match=re.escape("(it has metadata in the place of pixels)")):
        stored(data)


# Scans that lack their end


def scan_start(data: bytes) -> int:
    return data.index(b"\xff\xda") + 20


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"restart_marker_blocks": 2}], ids=str)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
def test_a_jpeg_that_ends_within_its_scan_is_refused(options: dict[str, int], part: float) -> None:
    out = io.BytesIO()
    pictures.image().save(out, "JPEG", quality=95, **options)
    whole = out.getvalue()
    start = scan_start(whole)
    cut = whole[: start + int((len(whole) - 2 - start) * part)] + b"\xff\xd9"

    assert stored(whole)
    with pytest.raises(BrokenReceipt, match="its data can't be read"):
        stored(cut)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("size", [(1, 1), (7, 9), (64, 64), (333, 211)], ids=str)
@pytest.mark.parametrize("progressive", [False, True], ids=["in one scan", "progressive"])
def test_a_whole_jpeg_is_taken(mode: str, size: tuple[int, int], progressive: bool) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, "JPEG", progressive=progressive)

    assert inspect(out.getvalue(), **LARGE).width == size[0]


def test_a_jpeg_with_a_scan_for_each_colour_is_taken() -> None:
    out = io.BytesIO()
    pictures.image().convert("L").save(out, "JPEG")
    grey = out.getvalue()
    frame, tables, scan = grey.index(b"\xff\xc0"), grey.index(b"\xff\xc4"), grey.index(b"\xff\xda")
    colours = segment(0xC0, grey[frame + 4 : frame + 9] + b"\x03\1\x11\0\2\x11\0\3\x11\0")
    scans = [segment(0xDA, bytes([1, colour, 0, 0, 63, 0])) + grey[scan + 10 : -2] for colour in (1, 2, 3)]

    data = grey[:frame] + colours + grey[tables:scan] + b"".join(scans) + b"\xff\xd9"

    assert stored(data) == data


def test_a_progressive_jpeg_that_lacks_its_finer_scans_is_taken() -> None:
    whole = jpeg(progressive=True)
    second = whole.index(b"\xff\xc4", scan_start(whole))

    assert stored(whole[:second] + b"\xff\xd9") == stored(whole)[: stored(whole).index(whole[second:-2])] + b"\xff\xd9"


# Limits of the decoders


def test_the_limit_of_pillow_is_as_noted() -> None:
    assert PILLOW_LIMIT == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    ("data", "most"),
    [(gif_bomb(1)[:6] + struct.pack("<HH", 10_000, 9_000) + gif_bomb(1)[10:], 89_478_485), (webp_bomb(), 178_956_970)],
    ids=["gif", "webp"],
)
def test_limits_of_pillow_are_kept_before_it_speaks(data: bytes, most: int) -> None:
    with pytest.raises(TooManyPixels, match=f"at most {most} pixels"):
        inspect(data, max_bytes=10_000, max_pixels=1_000_000_000)


def test_an_animation_may_be_larger_than_its_frames_may_be() -> None:
    assert inspect(gif(), max_bytes=10_000, max_pixels=1_000_000_000).width == pictures.SIZE[0]
