"""Why a file can't be taken as a receipt."""

from expenses.images.coded import Coded


class BadReceipt(ValueError):
    """A file can't be taken as a receipt. The message may be shown to the person."""


class NotAReceipt(BadReceipt):
    """The content is of no kind that receipts come in."""

    def __init__(self, data: bytes) -> None:
        found = f"starts with the bytes {data[:8].hex(' ')}" if data else "is empty"
        super().__init__(f"receipt {found}: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file")


class ReceiptTooLarge(BadReceipt):
    """The file has more bytes than are taken."""

    def __init__(self, size: int, max_bytes: int) -> None:
        super().__init__(f"receipt of {size} bytes: at most {max_bytes} are taken")


class TooManyPixels(BadReceipt):
    """The picture, all its frames together, has more pixels than are taken."""

    def __init__(self, coded: Coded, max_pixels: int) -> None:
        frames = "" if coded.frames == 1 else f"{coded.frames} frames of "
        size = f"{coded.width} x {coded.height} pixels"
        super().__init__(f"receipt of {frames}{size}: at most {max_pixels} pixels in all are taken")


class TooManyFrames(BadReceipt):
    """The picture is an animation of more frames, or a JPEG of more scans, than are taken."""

    def __init__(self, count: int, kind: str, most: int) -> None:
        super().__init__(f"receipt of {count} {kind}: at most {most} are taken")


class NotTurnable(BadReceipt):
    """Receipts of this kind can't be turned."""

    def __init__(self, extension: str) -> None:
        super().__init__(f"receipt is a {extension} file: only JPEG and PNG pictures can be turned")


class NotAPicture(BadReceipt):
    """Receipts of this kind have no pixels."""

    def __init__(self, extension: str) -> None:
        super().__init__(f"receipt is a {extension} file: only of pictures can smaller ones be made")


class BrokenReceipt(BadReceipt):
    """The file begins like a receipt but is truncated or damaged."""

    def __init__(self, extension: str, fault: str) -> None:
        super().__init__(f"receipt is a broken {extension} file ({fault}): send the whole, undamaged file")
