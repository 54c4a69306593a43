"""The proof that a picture can be shown: all of its pixels are decoded once.

Pillow's plugins are opened by class. ``Image.open`` would guess among its formats, take a JPEG with a second
picture for MPO, and warn by a limit that is global to the process; here the limit is held against the size that
the container states, before any pixel is decoded, and the decoder must then find that same size.
"""

from typing import Final

from PIL.ImageFile import ImageFile

from accounts.buffers import reading
from accounts.sentences import sentence
from expenses.images.coded import Coded, Damaged
from expenses.images.errors import TooManyFrames, TooManyPixels

MAX_FRAMES: Final = 1000
"""Frames of an animation: each costs time, however few pixels it has."""


def check_size(coded: Coded, *, max_pixels: int, max_frame_pixels: int | None) -> None:
    """Raises TooManyFrames and TooManyPixels. ``max_pixels`` counts all frames together."""
    if coded.frames > MAX_FRAMES:
        raise TooManyFrames(coded.frames, sentence("frames"), MAX_FRAMES)
    frame_pixels = coded.width * coded.height
    if frame_pixels * coded.frames > max_pixels:
        raise TooManyPixels(coded, max_pixels)
    if max_frame_pixels is not None and frame_pixels > max_frame_pixels:
        raise TooManyPixels(coded, max_frame_pixels)


def decode(coded: Coded, image: type[ImageFile]) -> None:
    """Raises Damaged, and whatever decoders of hostile input do: OSError, SyntaxError, EOFError, MemoryError, ..."""
    with image(reading(*coded.pieces[:-1], coded.trial_end or coded.pieces[-1])) as opened:
        for frame in range(coded.frames):
            if frame:  # the first is where the image stands; for HEIC that is the primary one
                opened.seek(frame)
            if opened.size != (coded.width, coded.height):
                raise Damaged("it states two sizes")
            opened.load()
