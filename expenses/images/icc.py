"""Colour profiles: ICC.1:2022, section 7.2."""

from accounts.buffers import Buffer


def is_profile(block: Buffer) -> bool:
    """Tell whether this is one colour profile and no byte more: its size (7.2.2) and signature (7.2.9) hold.

    libpng ignores a profile of another size, so no display is lost; a block that swallowed its neighbour is found.
    """
    return block[36:40] == b"acsp" and int.from_bytes(block[:4], "big") == len(block)
