import contextlib
import io
import re
import struct
import tracemalloc
from collections.abc import Callable
from typing import Final
from unittest.mock import ANY

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps, ImageSequence, TiffImagePlugin

from accounts.buffers import IN_MEMORY, Buffer
from expenses.images import (
    CONTENT_TYPES,
    BadReceipt,
    BrokenReceipt,
    NotAReceipt,
    NotTurnable,
    Picture,
    ReceiptTooLarge,
    TooManyFrames,
    TooManyPixels,
    inspect,
    turned,
)
from tests.expenses import pictures
from tests.expenses.pictures import (
    HTML,
    ICC,
    LARGE,
    PLACE,
    SIZE,
    animated_png,
    gif,
    gif_bomb,
    heic,
    jpeg,
    jpeg_bomb,
    pdf,
    plain_webp,
    png,
    png_bomb,
    segment,
    webp,
    webp_bomb,
)
from tests.xpenser.test_health import files_of_at_most

pytestmark = pytest.mark.once

pillow_heif.register_heif_opener()

VALID: Final = {
    "jpeg": (jpeg(), "JPG"),
    "upright jpeg": (jpeg(1), "JPG"),
    "progressive jpeg": (jpeg(progressive=True), "JPG"),
    "png": (png(), "PNG"),
    "upright png": (png(1), "PNG"),
    "animated png": (animated_png(), "PNG"),
    "gif": (gif(), "GIF"),
    "still gif": (gif(1), "GIF"),
    "webp": (webp(), "WEBP"),
    "upright webp": (webp(1), "WEBP"),
    "lossy webp": (webp(lossless=False), "WEBP"),
    "animated webp": (webp(frames=3), "WEBP"),
    "plain webp": (plain_webp(lossless=True), "WEBP"),
    "plain lossy webp": (plain_webp(lossless=False), "WEBP"),
    "heic": (heic(), "HEIC"),
    "heic in tiles": (heic(tile_size=32), "HEIC"),
}
valid = pytest.mark.parametrize(("data", "extension"), list(VALID.values()), ids=list(VALID))


def taken(data: bytes) -> Picture:
    return inspect(data, **LARGE)


def opened(data: Buffer) -> Image.Image:
    return Image.open(io.BytesIO(data))


def frames(data: Buffer) -> list[tuple[tuple[int, int], bytes]]:
    with opened(data) as image:
        return [(frame.size, frame.convert("RGBA").tobytes()) for frame in ImageSequence.Iterator(image)]


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


# What is taken


@valid
def test_it_works(data: bytes, extension: str) -> None:
    picture = taken(data)

    assert picture == Picture(ANY, extension, CONTENT_TYPES[extension], *SIZE)


def test_a_pdf_is_kept_as_it_came() -> None:
    assert taken(pdf()) == Picture(memoryview(pdf()), "PDF", "application/pdf", 0, 0)


@valid
def test_pixels_stay_as_they_came(data: bytes, extension: str) -> None:
    before = frames(data)

    after = frames(taken(data).data)

    assert after == (before[:1] if extension == "PNG" else before)


@valid
def test_a_stored_picture_is_taken_again_as_it_is(data: bytes, extension: str) -> None:
    stored = bytes(taken(data).data)

    assert taken(stored).data == stored


# What is stripped


@valid
def test_no_position_is_left(data: bytes, extension: str) -> None:
    stored = bytes(taken(data).data)

    assert PLACE not in stored
    assert b"GPSLatitude" not in stored
    with opened(stored) as image:
        image.load()
        assert set(image.getexif()) <= {0x0112}
        assert not image.getexif().get_ifd(0x8825)
        assert not {"xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Location"} & {
            key for key, value in image.info.items() if value
        }


@pytest.mark.parametrize("data", [jpeg(), png(), webp(), heic(), gif()], ids=["jpeg", "png", "webp", "heic", "gif"])
def test_the_makers_do_write_positions(data: bytes) -> None:
    assert PLACE in data


@pytest.mark.parametrize("make", [jpeg, png, webp], ids=["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", list(range(1, 9)))
def test_orientation_is_kept(make: Callable[[int], bytes], orientation: int) -> None:
    with opened(taken(make(orientation)).data) as image:
        assert image.getexif().get(0x0112, 1) == orientation


@pytest.mark.parametrize("make", [jpeg, png, lambda orientation: without_jfif(jpeg(orientation))])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_turns_what_is_shown(make: Callable[[int], bytes], orientation: int) -> None:
    before = inspect(make(orientation), **LARGE)

    after = turned(before.data, before.extension, quarters=1)

    assert shown(after.data).tobytes() == shown(before.data).transpose(Image.Transpose.ROTATE_270).tobytes()
    assert shown(after.data).size == shown(before.data).size[::-1]
    assert raw_pixels(after.data) == raw_pixels(before.data)
    assert inspect(after.data, **LARGE) == after
    assert opened(after.data).info["icc_profile"] == ICC
    back = turned(after.data, after.extension, quarters=3)
    assert shown(back.data).tobytes() == shown(before.data).tobytes()
    half = turned(before.data, before.extension, quarters=2)
    assert shown(half.data).tobytes() == shown(before.data).transpose(Image.Transpose.ROTATE_180).tobytes()


def shown(data: Buffer) -> Image.Image:
    """Return a picture as it is to be shown."""
    with opened(data) as image:
        return ImageOps.exif_transpose(image)


def raw_pixels(data: Buffer) -> bytes:
    with opened(data) as image:
        return image.tobytes()


def without_jfif(data: bytes) -> bytes:
    """Return a JPEG as cameras write it, that begins with its EXIF."""
    (length,) = struct.unpack_from(">H", data, data.index(b"\xff\xe0") + 2)
    start = data.index(b"\xff\xe0")
    return data[:start] + data[start + 2 + length :]


@pytest.mark.parametrize(("data", "extension"), [(gif(), "GIF"), (webp(), "WEBP"), (heic(), "HEIC"), (pdf(), "PDF")])
def test_what_is_not_turned(data: bytes, extension: str) -> None:
    with pytest.raises(NotTurnable, match=f"^receipt is a {extension} file: only JPEG and PNG pictures can be turned$"):
        turned(inspect(data, **LARGE).data, extension, quarters=1)


@pytest.mark.parametrize("data", [jpeg(), png(), webp(), heic()], ids=["jpeg", "png", "webp", "heic"])
def test_the_colour_profile_is_kept(data: bytes) -> None:
    with opened(taken(data).data) as image:
        assert image.info["icc_profile"] == ICC


def test_timing_of_an_animation_is_kept() -> None:
    with opened(taken(gif()).data) as image:
        assert (image.info["duration"], image.info["loop"]) == (70, 0)


@pytest.mark.parametrize("make", [jpeg, png, gif, webp], ids=["jpeg", "png", "gif", "webp"])
def test_what_follows_the_end_is_dropped(make: Callable[..., bytes]) -> None:
    assert taken(make(tail=HTML)).data == taken(make()).data


@pytest.mark.parametrize(
    "video",
    [struct.pack(">I4s", 8 + len(HTML), b"mpvd") + HTML, struct.pack(">I4sQ", 1, b"mpvd", 16 + len(HTML)) + HTML],
    ids=["short box", "long box"],
)
def test_a_video_after_a_heic_is_dropped(video: bytes) -> None:
    assert taken(heic(tail=video)).data == taken(heic()).data


def test_a_property_that_describes_a_heic_is_dropped() -> None:
    described = changed(heic(), b"pixi", b"udes")

    assert b"udes" not in bytes(taken(described).data)


def test_a_webp_no_longer_says_that_it_has_xmp() -> None:
    assert webp()[20] & 0x04
    assert not taken(webp()).data[20] & 0x04


def test_a_chunk_of_nobodys_within_a_frame_of_a_webp_is_dropped() -> None:
    still = webp(frames=3)
    at = still.index(b"ANMF") + 4
    (length,) = struct.unpack_from("<I", still, at)
    place = struct.pack("<4sI", b"gpSs", len(PLACE)) + PLACE
    frame = struct.pack("<I", length + len(place)) + still[at + 4 : at + 4 + length] + place
    content = still[8:at] + frame + still[at + 4 + length :]

    assert taken(b"RIFF" + struct.pack("<I", len(content)) + content).data == taken(still).data


def test_a_second_picture_in_a_jpeg_is_dropped() -> None:
    out = io.BytesIO()
    pictures.image().save(out, "MPO", save_all=True, append_images=[pictures.image(99)])

    stored = bytes(taken(out.getvalue()).data)

    assert stored.count(b"\xff\xd8\xff") == 1
    with opened(stored) as image:
        assert image.format == "JPEG"


def test_a_jpeg_with_a_broken_list_of_pictures_is_taken() -> None:
    data = jpeg()

    assert taken(data[:2] + segment(0xE2, b"MPF\0nonsense") + data[2:]).data == taken(data).data


def test_thumbnails_of_a_jpeg_are_dropped() -> None:
    at = jpeg().index(b"JFIF\0")
    with_thumbnail = (
        jpeg()[: at - 4] + segment(0xE0, jpeg()[at : at + 12] + b"\x01\x01\xaa\xbb\xcc") + jpeg()[at + 14 :]
    )

    assert taken(with_thumbnail).data == taken(jpeg()).data


def test_colours_of_a_cmyk_jpeg_stay_as_they_came() -> None:
    out = io.BytesIO()
    pictures.image().convert("CMYK").save(out, "JPEG")

    stored = bytes(taken(out.getvalue()).data)

    assert frames(stored) == frames(out.getvalue())
    with opened(stored) as image:
        assert image.info["adobe_transform"] == 0


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"nonsense",
        b"MM\0*\0\0\0\x08",
        b"II*\0\x08\0\0\0\x02\0",
        b"II*\0\x08\0\0\0\0\0",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\x06\0\0",
    ],
    ids=["empty", "text", "without entries", "cut", "of no entries", "orientation 9", "orientation in a long"],
)
def test_exif_that_says_nothing_is_dropped(block: bytes) -> None:
    data = jpeg(1)

    stored = bytes(taken(data[:2] + segment(0xE1, b"Exif\0\0" + block) + data[2:]).data)

    assert stored == taken(data).data


def test_exif_in_either_byte_order_is_read() -> None:
    block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = jpeg(1)

    stored = bytes(taken(data[:2] + segment(0xE1, b"Exif\0\0" + block) + data[2:]).data)

    with opened(stored) as image:
        assert image.getexif()[0x0112] == 6


# What is refused


def tiff() -> bytes:
    out = io.BytesIO()
    pictures.image().save(out, TiffImagePlugin.TiffImageFile.format)
    return out.getvalue()


def ftyp(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, brand)


def heic_with(at: int, new: bytes) -> bytes:
    """A HEIC with other item locations: 4 is their sizes, 6 their count, 12 the first place, 22 the first length."""
    data = heic()
    start = data.index(b"iloc") + 4 + at
    return data[:start] + new + data[start + len(new) :]


REFUSED: Final = {
    "nothing": (b"", NotAReceipt, "receipt is empty: it must be a JPEG"),
    "text": (b"lunch 45", NotAReceipt, "starts with the bytes 6c 75 6e 63 68 20 34 35"),
    "html": (HTML, NotAReceipt, "it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', NotAReceipt, "receipt starts with the bytes"),
    "zip": (b"PK\x03\x04" + bytes(50), NotAReceipt, "receipt starts with the bytes"),
    "tiff": (tiff(), NotAReceipt, "receipt starts with the bytes"),
    "bmp": (b"BM" + bytes(50), NotAReceipt, "receipt starts with the bytes"),
    "wave": (b"RIFF\x24\0\0\0WAVEfmt ", NotAReceipt, "receipt starts with the bytes"),
    "mp4": (ftyp(b"isom"), NotAReceipt, "receipt starts with the bytes"),
    "avif": (ftyp(b"avif"), NotAReceipt, "receipt starts with the bytes"),
    "mp4 with a heic brand after its type": (ftyp(b"isom") + b"heic", NotAReceipt, "starts with the bytes"),
    "a heic brand without a type": (struct.pack(">I4s4s", 12, b"free", b"heic"), NotAReceipt, "00 00 00 0c 66"),
    "html before a pdf": (HTML + pdf(), NotAReceipt, "receipt starts with the bytes"),
    "html before a jpeg": (HTML + jpeg(), NotAReceipt, "receipt starts with the bytes"),
    "png bomb": (png_bomb(), TooManyPixels, "60000 x 60000 pixels: at most 1000000"),
    "jpeg bomb": (jpeg_bomb(), TooManyPixels, "60000 x 60000 pixels"),
    "webp bomb": (webp_bomb(), TooManyPixels, "16384 x 16384 pixels"),
    "gif bomb": (gif_bomb(1001), TooManyFrames, "of 1001 frames: at most 1000"),
    "jpeg of many scans": (
        jpeg()[:-2] + segment(0xDA, b"\x01\x01\0\0\x3f\0") * 100 + b"\xff\xd9",
        TooManyFrames,
        "of 101 scans: at most 100",
    ),
    "cut pdf": (pdf()[:-10], BrokenReceipt, "broken PDF file (its end is missing): send the whole"),
    "cut jpeg": (jpeg()[:-2], BrokenReceipt, "broken JPG file (its end is missing)"),
    "jpeg without coded data": (jpeg()[:1500], BrokenReceipt, "its end is missing"),
    "jpeg without a picture": (b"\xff\xd8\xff\xd9", BrokenReceipt, "its data can't be read"),
    "jpeg with nonsense": (b"\xff\xd8\xff\xe0\0\x04abcdef", BrokenReceipt, "its end is missing"),
    "jpeg of two sizes": (
        jpeg_bomb(2000, 2000)[:-2] + segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0") + b"\xff\xd9",
        BrokenReceipt,
        "it states two sizes",
    ),
    "cut png": (png()[:-20], BrokenReceipt, "broken PNG file"),
    "png that is only a signature": (png()[:8], BrokenReceipt, "its data can't be read"),
    "png with a wrong checksum": (changed(png(), PLACE, b"?"), BrokenReceipt, "a checksum is wrong"),
    "png without pixels": (png_bomb(9, 9), BrokenReceipt, "its data can't be read"),
    "cut gif": (gif()[:-20], BrokenReceipt, "its data can't be read"),
    "gif without a picture": (gif_bomb(0), BrokenReceipt, "its data can't be read"),
    "gif with an unknown block": (gif_bomb(1)[:-1] + b"?", BrokenReceipt, "a block is of no known kind"),
    "gif with a frame beyond its screen": (
        changed(gif_bomb(1), b"\x01\0\x01\0\0", b"\x02\0\x01\0\0"),
        BrokenReceipt,
        "a frame leaves its screen",
    ),
    "gif with a frame below its screen": (
        changed(gif_bomb(1), b"\x01\0\x01\0\0", b"\x01\0\x02\0\0"),
        BrokenReceipt,
        "a frame leaves its screen",
    ),
    "gif with a broken second frame": (
        gif_bomb(1)[:-1] + changed(gif_bomb(1), b"\x02\x02\x44\x01\0", b"\x02\x01\x07\0")[19:],
        BrokenReceipt,
        "its data can't be read",
    ),
    "cut webp": (webp()[:-20], BrokenReceipt, "its end is missing"),
    "webp cut between chunks": (
        plain_webp(lossless=True)[:4] + b"\xff\xff\0\0" + plain_webp(lossless=True)[8:],
        BrokenReceipt,
        "its end is missing",
    ),
    "webp with a chunk beyond its end": (
        b"RIFF\x10\0\0\0WEBPVP8X\xff\0\0\0" + bytes(4),
        BrokenReceipt,
        "its end is missing",
    ),
    "webp of no chunk": (b"RIFF\x04\0\0\0WEBP", BrokenReceipt, "its data can't be read"),
    "cut heic": (heic()[:-20], BrokenReceipt, "a box leaves its place"),
    "heic with html at its end": (heic(tail=HTML), BrokenReceipt, "a box leaves its place"),
    "heic that is only a type": (ftyp(b"heic"), BrokenReceipt, "its data can't be read"),
    "heic with two catalogues": (
        heic(tail=struct.pack(">I4sI", 12, b"meta", 0)),
        BrokenReceipt,
        "a box is there twice",
    ),
    "heic of items without length": (heic_with(4, b"\x40"), BrokenReceipt, "its items have no length"),
    "heic of endless items": (heic_with(6, b"\xff\xff"), BrokenReceipt, "a box ends too early"),
    "heic of a huge item": (heic_with(22, b"\xff" * 4), BrokenReceipt, "its items are larger than the file"),
    "heic of an item without a kind": (
        changed(heic(), b"\0\0\0\x15infe\x02\0\0\x01", b"\0\0\0\x08infe\0\0\0\x0d"),
        BrokenReceipt,
        "its data can't be read",
    ),
    "heic of an item elsewhere": (heic_with(12, b"\0\0\0\1"), BrokenReceipt, "its data can't be read"),
    "mp4 that says heic": (ftyp(b"heic") + struct.pack(">I4s", 8, b"moov"), BrokenReceipt, "its data can't be read"),
}


def padded(data: bytes, at: int, part: bytes, count: int) -> bytes:
    """Put a part that is empty into a file, so many times."""
    return data[:at] + part * count + data[at:]


def padded_webp(part: bytes, count: int) -> bytes:
    """A WebP whose first frame holds a part so many times."""
    data = webp(frames=3)
    at = data.index(b"ANMF") + 4
    (length,) = struct.unpack_from("<I", data, at)
    data = data[:at] + struct.pack("<I", length + len(part) * count) + data[at + 4 :]
    content = padded(data, at + 4 + length, part, count)[8:]
    return b"RIFF" + struct.pack("<I", len(content)) + content


def padded_heic(kind: bytes, at: int, part: bytes, count: int) -> bytes:
    """A HEIC in which a box holds a part so many times more; where its pictures are does not hold any more."""
    data = bytearray(heic())
    start = data.index(kind) - 4
    (length,) = struct.unpack_from(">I", data, start)
    struct.pack_into(">I", data, start, length + len(part) * count)
    outer = data.index(b"meta") - 4
    struct.pack_into(">I", data, outer, struct.unpack_from(">I", data, outer)[0] + len(part) * count)
    return padded(bytes(data), start + at, part, count)


FREE: Final = struct.pack(">I4s", 8, b"free")
PARTS: Final = {
    "jpeg": lambda count: padded(jpeg(), 2, segment(0xFE, b""), count),
    "png": lambda count: padded(png(), png().index(b"IDAT") - 4, pictures.png_chunk(b"tEXt", b""), count),
    "gif": lambda count: padded(gif(), len(gif()) - 1, b"!\xfe\0", count),
    "webp": lambda count: (
        b"RIFF" + struct.pack("<I", len(webp()) - 8 + 8 * count) + webp()[8:] + b"gpSs\0\0\0\0" * count
    ),
    "heic": lambda count: heic(tail=FREE * count),
}


@pytest.mark.parametrize("make", list(PARTS.values()), ids=list(PARTS))
def test_a_file_has_so_many_parts_and_no_more(make: Callable[[int], bytes]) -> None:
    assert taken(make(9900)).data == taken(make(0)).data
    with pytest.raises(BrokenReceipt, match="it has more than 10000 parts"):
        taken(make(10_000))


def test_a_frame_has_fewer() -> None:
    assert taken(padded_webp(b"gpSs\0\0\0\0", 5)).data == taken(webp(frames=3)).data
    with pytest.raises(BrokenReceipt, match="it has more than 10 parts"):
        taken(padded_webp(b"gpSs\0\0\0\0", 10))


@pytest.mark.parametrize(("kind", "at", "part"), [(b"iinf", 14, FREE), (b"iprp", 8, FREE)], ids=["items", "properties"])
def test_a_box_within_a_heic_has_so_many_parts(kind: bytes, at: int, part: bytes) -> None:
    with pytest.raises(BrokenReceipt, match="it has more than 10000 parts"):
        taken(padded_heic(kind, at, part, 10_000))


def test_items_of_a_heic_lie_in_so_many_places() -> None:
    data = padded_heic(b"iloc", 26, bytes(8), 10_000)
    count = data.index(b"iloc") + 20  # of the first item's extents

    with pytest.raises(BrokenReceipt, match="it has more than 10000 parts"):
        taken(data[:count] + struct.pack(">H", 10_001) + data[count + 2 :])


@pytest.mark.parametrize(("data", "error", "message"), list(REFUSED.values()), ids=list(REFUSED))
def test_it_is_refused(data: bytes, error: type[BadReceipt], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as caught:
        taken(data)

    assert type(caught.value) is error


def test_as_many_bytes_as_are_allowed_are_taken() -> None:
    data = jpeg()

    assert inspect(data, max_bytes=len(data), max_pixels=10_000)
    with pytest.raises(ReceiptTooLarge, match=f"receipt of {len(data)} bytes: at most {len(data) - 1} are taken"):
        inspect(data, max_bytes=len(data) - 1, max_pixels=10_000)


@valid
def test_as_many_pixels_as_are_allowed_are_taken(data: bytes, extension: str) -> None:
    pixels = SIZE[0] * SIZE[1] * (len(frames(data)) if extension != "PNG" else 1)

    assert inspect(data, max_bytes=10_000, max_pixels=pixels)
    with pytest.raises(TooManyPixels, match=f"48 x 32 pixels: at most {pixels - 1} pixels in all"):
        inspect(data, max_bytes=10_000, max_pixels=pixels - 1)


def test_frames_of_an_animation_are_counted_together() -> None:
    with pytest.raises(TooManyPixels, match="receipt of 3 frames of 48 x 32 pixels: at most 4607"):
        inspect(gif(), max_bytes=10_000, max_pixels=3 * 48 * 32 - 1)


@pytest.mark.parametrize("data", [png_bomb(), jpeg_bomb(), webp_bomb()], ids=["png", "jpeg", "webp"])
def test_a_bomb_takes_no_memory(data: bytes) -> None:
    tracemalloc.start()

    with pytest.raises(TooManyPixels):
        inspect(data, max_bytes=10_000, max_pixels=100_000_000)

    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


# Whatever comes


def picture_or_refusal(data: bytes) -> None:
    with contextlib.suppress(BadReceipt):
        picture = taken(data)
        assert picture.content_type == CONTENT_TYPES[picture.extension]


any_valid = st.sampled_from([data for data, _ in VALID.values()])


@given(st.sampled_from([data[:16] for data, _ in VALID.values()] + [b""]), st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_taken_or_refused(start: bytes, rest: bytes) -> None:
    picture_or_refusal(start + rest)


@given(any_valid, st.data())
@settings(max_examples=200)
def test_any_cut_is_refused(data: bytes, draw: st.DataObject) -> None:
    with pytest.raises(BadReceipt):
        taken(data[: draw.draw(st.integers(0, len(data) - 1))])


@given(any_valid, st.data())
@settings(max_examples=400)
def test_any_changed_byte_is_taken_or_refused(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))

    picture_or_refusal(data[:at] + bytes([draw.draw(st.integers(0, 255))]) + data[at + 1 :])


def test_a_full_disk_is_no_fault_of_a_receipt() -> None:
    out = io.BytesIO()
    Image.effect_noise((600, 600), 100).save(out, "PNG")

    with files_of_at_most(IN_MEMORY), pytest.raises(OSError, match="File too large"):
        inspect(out.getvalue(), **LARGE)
