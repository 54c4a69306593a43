"""Why a file can't be taken as a receipt."""

from accounts.buffers import Buffer
from accounts.sentences import sentence
from expenses.images.coded import Coded


class BadReceipt(ValueError):
    """A file can't be taken as a receipt. The message may be shown to the person."""


class NotAReceipt(BadReceipt):
    """The content is of no kind that receipts come in."""

    def __init__(self, data: Buffer) -> None:
        if data:
            why = sentence(
                "receipt starts with the bytes %(start)s: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file",
                start=data[:8].hex(" "),
            )
        else:
            why = sentence("receipt is empty: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file")
        super().__init__(why)


class ReceiptTooLarge(BadReceipt):
    """The file has more bytes than are taken."""

    def __init__(self, size: int, max_bytes: int) -> None:
        super().__init__(sentence("receipt of %(size)s bytes: at most %(most)s are taken", size=size, most=max_bytes))


class TooManyPixels(BadReceipt):
    """The picture, all its frames together, has more pixels than are taken."""

    def __init__(self, coded: Coded, max_pixels: int) -> None:
        size = sentence("%(width)s x %(height)s pixels", width=coded.width, height=coded.height)
        if coded.frames > 1:
            size = sentence("%(frames)s frames of %(size)s", frames=coded.frames, size=size)
        super().__init__(
            sentence("receipt of %(size)s: at most %(most)s pixels in all are taken", size=size, most=max_pixels)
        )


class TooManyFrames(BadReceipt):
    """The picture is an animation of more frames, or a JPEG of more scans, than are taken."""

    def __init__(self, count: int, kind: str, most: int) -> None:
        super().__init__(
            sentence("receipt of %(count)s %(kind)s: at most %(most)s are taken", count=count, kind=kind, most=most)
        )


class NotTurnable(BadReceipt):
    """Receipts of this kind can't be turned."""

    def __init__(self, extension: str) -> None:
        super().__init__(
            sentence("receipt is a %(extension)s file: only JPEG and PNG pictures can be turned", extension=extension)
        )


class NotAPicture(BadReceipt):
    """Receipts of this kind have no pixels."""

    def __init__(self, extension: str) -> None:
        super().__init__(
            sentence("receipt is a %(extension)s file: only of pictures can smaller ones be made", extension=extension)
        )


class BrokenReceipt(BadReceipt):
    """The file begins like a receipt but is truncated or damaged."""

    def __init__(self, extension: str, fault: str) -> None:
        super().__init__(
            sentence(
                "receipt is a broken %(extension)s file (%(fault)s): send the whole, undamaged file",
                extension=extension,
                fault=fault,
            )
        )
