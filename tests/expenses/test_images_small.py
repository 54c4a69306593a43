"""Small pictures of receipts: whatever kind they are of, they show the same."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from expenses.images import PICTURES, TURNABLE, NotAPicture, inspect, smaller
from tests.expenses.pictures import LARGE, gif, heic, jpeg, pdf, png, webp

pytestmark = pytest.mark.once

WIDE = (300, 200)
SMALL = (100, 67)


def made_small(data: bytes, longest: int = 100) -> Image.Image:
    picture = inspect(data, **LARGE)
    small = Image.open(BytesIO(smaller(picture.data, picture.extension, longest=longest)))
    assert (small.format, small.mode) == ("JPEG", "RGB")
    return small


def shades(mode: str) -> Image.Image:
    """A picture that goes from black at its top to white at its foot."""
    if mode == "I;16":
        rows = (int(y / 200 * 65535).to_bytes(2, "little") * 300 for y in range(200))
        return Image.frombytes(mode, WIDE, b"".join(rows))
    return Image.linear_gradient("L").resize(WIDE).convert(mode)


def saved(image: Image.Image, kind: str, **choices: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **choices)
    return out.getvalue()


def test_kinds() -> None:
    assert {"JPG", "PNG", "GIF", "WEBP", "HEIC"} == PICTURES
    assert {"JPG", "PNG"} == TURNABLE


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "I;16"),
        ("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB"), ("WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_it_shows_the_same(kind: str, mode: str) -> None:
    small = made_small(saved(shades(mode), kind))

    assert small.size == SMALL
    for place, shade in ((2, 9), (33, 127), (64, 246)):
        assert small.getpixel((50, place)) == pytest.approx((shade,) * 3, abs=16)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_dots_become_grey_and_none_is_lost(kind: str) -> None:
    """Of a scan in black and white one pixel in three would say nothing."""
    stripes = Image.new("1", WIDE)
    stripes.putdata([x % 3 == 0 for _ in range(200) for x in range(300)])

    small = made_small(saved(stripes, kind)).crop((10, 10, 90, 57))

    assert all(60 < shade < 110 for shade in small.convert("L").tobytes())


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str) -> None:
    clear = Image.new("RGBA", WIDE, (0, 0, 0, 0)).convert(mode)
    choices = {"transparency": clear.getpixel((0, 0))} if mode == "P" else {}

    assert made_small(saved(clear, "PNG", **choices)).getcolors() == [(6700, (255, 255, 255))]


@pytest.mark.parametrize("make", [jpeg, png, webp], ids=["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_is_upright(make: Callable[[int], bytes], orientation: int) -> None:
    turns = {1: 0, 3: 180, 6: 270, 8: 90}[orientation]
    expected = made_small(make(1), 24).rotate(turns, expand=True)

    small = made_small(make(orientation), 24)

    assert small.size == expected.size
    assert difference(small, expected) < 12
    assert difference(small, expected.rotate(180)) > 40


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return by how much two pictures differ, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.parametrize("data", [heic(), gif()], ids=["heic", "gif"])
def test_other_kinds(data: bytes) -> None:
    assert made_small(data, 24).size == (24, 16)


def test_a_small_one_is_not_made_larger() -> None:
    assert made_small(jpeg(1), 4000).size == (48, 32)


def test_nothing_is_told_of_where_it_was_taken() -> None:
    small = made_small(jpeg())

    assert dict(small.getexif()) == {}
    assert not {"exif", "icc_profile", "comment"} & small.info.keys()


def test_a_document_has_none() -> None:
    with pytest.raises(NotAPicture, match=r"^receipt is a PDF file: only of pictures can smaller ones be made$"):
        smaller(memoryview(pdf()), "PDF", longest=100)
