"""``python -m tests.icons`` draws the app's icons anew from ``static/mark.svg``: devices want pixels, too."""

import re
from typing import Final

from PIL import Image, ImageDraw

from tests.live import PROJECT

ICONS: Final = PROJECT / "static" / "icons"
# The size in pixels, the mark's share of it, and how round the corners are; a device cuts a maskable one as it likes,
# and leaves the circle of four fifths in its middle.
DRAWN: Final = {"192.png": (192, 0.7, 0.22), "512.png": (512, 0.7, 0.22), "maskable.png": (512, 0.55, 0.0)}
_FINER: Final = 4
_STROKE: Final = re.compile(r"M([\d.]+) ([\d.]+)(?:h([\d.]+)|l([-\d.]+) ([-\d.]+))")


def drawn(size: int, share: float, roundness: float) -> Image.Image:
    """Return the mark in white on its own colour."""
    mark = (PROJECT / "static" / "mark.svg").read_text()
    colour = str(re.search('stroke="(#[0-9a-f]{6})"', mark)[1])  # type: ignore[index]
    whole = size * _FINER
    picture = Image.new("RGBA", (whole, whole))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, whole - 1, whole - 1), radius=roundness * whole, fill=colour)
    scale = whole / 16 * share
    for stroke in _STROKE.finditer(mark):
        left, top, right, x, y = (float(number or 0) for number in stroke.groups())
        ends = [_placed(left, top, whole, scale), _placed(left + right + x, top + y, whole, scale)]
        draw.line(ends, fill="white", width=round(2 * scale))
        for end in ends:
            draw.circle(end, scale, fill="white")
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _placed(x: float, y: float, whole: int, scale: float) -> tuple[float, float]:
    """The mark's middle, which is not that of its square, lies in the middle of the picture."""
    return (x - 8) * scale + whole / 2, (y - 8.375) * scale + whole / 2


if __name__ == "__main__":
    for name, how in DRAWN.items():
        drawn(*how).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(ICONS / name, optimize=True)
