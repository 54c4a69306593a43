"""The receipts of a person, and whose a stored one is."""

from typing import NamedTuple

from expenses.models import Receipt


class ReceiptNotFound(Exception):
    """There is no such receipt, or its expense was deleted."""


class ReceiptRow(NamedTuple):
    """A receipt, and the name that its file is stored under."""

    id: int
    image: str
    expense_id: int

    @property
    def extension(self) -> str:
        """Return what kind of file it is, one of ``expenses.images.CONTENT_TYPES``."""
        return self.image.rpartition(".")[2]


def receipt_rows(*, user_id: int) -> list[ReceiptRow]:
    """Return the receipts of a person's expenses, oldest first; those of deleted ones are left out."""
    receipts = Receipt.objects.filter(user_id=user_id, expense__status=1).order_by("id")
    return [ReceiptRow(*row) for row in receipts.values_list(*ReceiptRow._fields)]


def receipt_row(*, user_id: int, receipt_id: int) -> ReceiptRow:
    """Return one receipt. Raises ReceiptNotFound, also where it is somebody else's or its expense is deleted."""
    receipts = Receipt.objects.filter(user_id=user_id, pk=receipt_id, expense__status=1)
    row = receipts.values_list(*ReceiptRow._fields).first()
    if row is None:
        raise ReceiptNotFound
    return ReceiptRow(*row)


def expense_receipts(*, user_id: int, expense_id: int) -> list[ReceiptRow]:
    """Return the receipts of an expense in their order; the first is what old clients see.

    There are none where it is deleted, or somebody else's.
    """
    receipts = Receipt.objects.filter(user_id=user_id, expense_id=expense_id, expense__status=1).order_by("position")
    return [ReceiptRow(*row) for row in receipts.values_list(*ReceiptRow._fields)]


def receipt_owner(*, image: str) -> int:
    """Return whose receipt is stored under this name.

    Raises ReceiptNotFound where there is none, and from the moment its expense or its owner's account is gone.
    """
    receipts = Receipt.objects.filter(image=image, expense__status=1, user__is_active=True)
    owner = receipts.values_list("user_id", flat=True).first()
    if owner is None:
        raise ReceiptNotFound
    return owner
