"""Where a browser finds the picture of a receipt."""

from typing import Final

from django.urls import reverse

from expenses.images import PICTURES
from expenses.selectors import ReceiptRow

_BY_FEW_BROWSERS: Final = "HEIC"


def picture_at(row: ReceiptRow) -> str:
    """Return the address of a picture that every browser shows, as large as a screen at least; "" of a document."""
    if row.extension not in PICTURES:
        return ""
    return smaller_at(row, "large") if row.extension == _BY_FEW_BROWSERS else original_at(row)


def smaller_at(row: ReceiptRow, size: str) -> str:
    """Return the address of a picture in fewer pixels; ``size``: "small" or "large"."""
    return reverse("receipt_smaller", args=[row.id, size])


def original_at(row: ReceiptRow) -> str:
    """Return the address of a receipt's file, as it is stored."""
    return reverse("receipt_image", kwargs={"image": row.image})
