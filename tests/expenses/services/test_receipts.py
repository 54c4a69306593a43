"""Several receipts of an expense: their order, their files, and that each change is one of the expense."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.conf import LazySettings

from accounts.selectors import Account
from expenses import images, services
from expenses.exports.row import ExpenseRow
from expenses.files.folder import ReceiptFolder
from expenses.images import NotTurnable, Picture
from expenses.models import Receipt
from expenses.receipts import receipt_open, receipt_read
from expenses.selectors import (
    ExpenseNotFound,
    LedgerRow,
    ReceiptNotFound,
    ReceiptRow,
    expense_receipts,
    expense_row,
    ledger_row,
)
from expenses.services import ReportClosed, TooManyReceipts
from expenses.services.receipts import MOST_RECEIPTS
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg, pdf, png

LATER = NOON + timedelta(hours=1)
Change = Callable[[Account, ReceiptRow], Any]
CHANGES: list[Change] = [
    lambda owner, receipt: services.receipt_remove(owner=owner, receipt_id=receipt.id, now=LATER),
    lambda owner, receipt: services.receipt_make_first(owner=owner, receipt_id=receipt.id, now=LATER),
    lambda owner, receipt: services.receipt_turn(owner=owner, receipt_id=receipt.id, quarters=1, now=LATER),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def small_of(image: str) -> str:
    return f"{image.replace('.', '-')}-small.JPG"


def add(owner: Account, row: ExpenseRow, picture: Picture | None = None) -> ReceiptRow:
    (receipt,) = add_all(owner, row, [picture or receipt_read(jpeg(1))])
    return receipt


def add_all(owner: Account, row: ExpenseRow, pictures: list[Picture]) -> list[ReceiptRow]:
    return services.receipts_add(owner=owner, expense_id=row.id, pictures=pictures, now=LATER)


def turn(owner: Account, receipt: ReceiptRow) -> ReceiptRow:
    return services.receipt_turn(owner=owner, receipt_id=receipt.id, quarters=1, now=LATER)


def ids(owner: Account, row: ExpenseRow) -> list[int]:
    return [receipt.id for receipt in expense_receipts(user_id=owner.id, expense_id=row.id)]


def current(owner: Account, row: ExpenseRow) -> LedgerRow:
    return ledger_row(user_id=owner.id, expense_id=row.id)


def whole(owner: Account, row: ExpenseRow) -> ExpenseRow:
    return expense_row(user_id=owner.id, expense_id=row.id)


@pytest.fixture
def lunch(alice: Account) -> ExpenseRow:
    return spend(alice, "lunch 45")


def test_add(alice: Account, lunch: ExpenseRow, folder: Path) -> None:
    first = add(alice, lunch)
    before = current(alice, lunch).version
    second = add(alice, lunch, receipt_read(pdf()))

    assert expense_receipts(user_id=alice.id, expense_id=lunch.id) == [first, second]
    assert files(folder) == {first.image, second.image}
    assert whole(alice, lunch) == lunch._replace(
        receipt_id=first.id, receipt_image=first.image, modified="2026-11-20 13:00:00"
    )
    now = current(alice, lunch)
    assert (now.receipts, now.version) == (2, before + 1)
    stored = Receipt.objects.get(pk=second.id)
    assert (stored.size, stored.created) == (len(receipt_read(pdf()).data), LATER)


def test_one_that_an_old_client_sends_comes_first(alice: Account, lunch: ExpenseRow) -> None:
    first, second = add(alice, lunch), add(alice, lunch)

    services.expense_update(owner=alice, expense_id=lunch.id, fields={}, now=LATER, picture=receipt_read(png(1)))

    new = expense_row(user_id=alice.id, expense_id=lunch.id).receipt_id
    assert ids(alice, lunch) == [new, second.id, first.id]


def test_add_several(alice: Account, lunch: ExpenseRow, folder: Path) -> None:
    first = add(alice, lunch)
    before = current(alice, lunch).version

    more = add_all(alice, lunch, [receipt_read(png(1)), receipt_read(pdf())])

    assert [receipt.extension for receipt in more] == ["PNG", "PDF"]
    assert expense_receipts(user_id=alice.id, expense_id=lunch.id) == [first, *more]
    assert files(folder) == {receipt.image for receipt in (first, *more)}
    assert current(alice, lunch).version == before + 1


def test_as_many_as_an_expense_can_have(alice: Account, lunch: ExpenseRow, folder: Path) -> None:
    first = add(alice, lunch)
    Receipt.objects.bulk_create(
        Receipt(
            user_id=alice.id, expense_id=lunch.id, position=place, image=f"x{place}", size=1, sha256="", created=NOON
        )
        for place in range(1, MOST_RECEIPTS - 1)
    )  # fmt: skip
    before = current(alice, lunch)

    with pytest.raises(TooManyReceipts, match=r"^receipt: an expense can have 50; this one has 49, and 2 more came$"):
        add_all(alice, lunch, [receipt_read(png(1)), receipt_read(pdf())])

    assert current(alice, lunch) == before
    assert files(folder) == {first.image}
    last = add(alice, lunch)
    assert ids(alice, lunch)[-1] == last.id
    assert len(ids(alice, lunch)) == MOST_RECEIPTS


def test_remove(alice: Account, lunch: ExpenseRow, folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    first, second, third = (add(alice, lunch) for _ in range(3))
    before = current(alice, lunch).version

    with django_capture_on_commit_callbacks(execute=True):
        services.receipt_remove(owner=alice, receipt_id=first.id, now=LATER)
        assert files(folder) == {first.image, second.image, third.image}

    assert ids(alice, lunch) == [second.id, third.id]
    assert files(folder) == {second.image, third.image}
    now = current(alice, lunch)
    assert (whole(alice, lunch).receipt_id, now.receipts, now.version) == (second.id, 2, before + 1)
    services.receipt_remove(owner=alice, receipt_id=third.id, now=LATER)
    services.receipt_remove(owner=alice, receipt_id=second.id, now=LATER)
    assert whole(alice, lunch).receipt_id is None


def test_make_first(alice: Account, lunch: ExpenseRow) -> None:
    first, second, third = (add(alice, lunch) for _ in range(3))
    before = current(alice, lunch).version

    services.receipt_make_first(owner=alice, receipt_id=third.id, now=LATER)

    assert ids(alice, lunch) == [third.id, first.id, second.id]
    assert list(Receipt.objects.order_by("position").values_list("position", flat=True)) == [0, 1, 2]
    now = current(alice, lunch)
    assert (whole(alice, lunch).receipt_image, now.version) == (third.image, before + 1)
    services.receipt_make_first(owner=alice, receipt_id=third.id, now=LATER)
    assert current(alice, lunch) == now


@pytest.mark.parametrize("make", [jpeg, png])
def test_turn(
    alice: Account,
    lunch: ExpenseRow,
    folder: Path,
    make: Callable[[int], bytes],
    django_capture_on_commit_callbacks: Any,
) -> None:
    first, other = add(alice, lunch, receipt_read(make(1))), add(alice, lunch)
    before = current(alice, lunch).version

    with django_capture_on_commit_callbacks(execute=True):
        turned = services.receipt_turn(owner=alice, receipt_id=first.id, quarters=3, now=LATER)

    assert turned.image != first.image
    assert expense_receipts(user_id=alice.id, expense_id=lunch.id) == [first._replace(image=turned.image), other]
    assert files(folder) == {turned.image, small_of(turned.image), other.image}
    with receipt_open(image=turned.image).file as file:
        data = file.read()
    before_it = receipt_read(make(1))
    assert receipt_read(data) == images.turned(before_it.data, before_it.extension, quarters=3)
    assert receipt_read(data).data == data != before_it.data
    stored = Receipt.objects.get(pk=first.id)
    assert (stored.size, current(alice, lunch).version) == (len(data), before + 1)


def test_a_document_is_not_turned(alice: Account, lunch: ExpenseRow, folder: Path) -> None:
    receipt = add(alice, lunch, receipt_read(pdf()))
    before = current(alice, lunch)

    with pytest.raises(NotTurnable):
        turn(alice, receipt)

    assert current(alice, lunch) == before
    assert files(folder) == {receipt.image}


def test_one_whose_file_was_lost_is_not_turned(alice: Account, lunch: ExpenseRow, folder: Path) -> None:
    receipt = add(alice, lunch)
    Path(folder, receipt.image).unlink()

    with pytest.raises(ReceiptNotFound):
        turn(alice, receipt)


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_hers(alice: Account, bob: Account, lunch: ExpenseRow, folder: Path, change: Change) -> None:
    add(alice, lunch)
    receipt = add(alice, lunch)
    before = current(alice, lunch)

    with pytest.raises(ReceiptNotFound):
        change(bob, receipt)

    assert current(alice, lunch) == before
    assert len(files(folder)) == 2
    assert expense_receipts(user_id=bob.id, expense_id=lunch.id) == []


def test_an_expense_that_is_not_hers(alice: Account, bob: Account, lunch: ExpenseRow, folder: Path) -> None:
    with pytest.raises(ExpenseNotFound):
        add(bob, lunch)

    assert files(folder) == set()


def unchanged_by(change: Callable[[], Any], error: type[Exception], owner: Account, row: ExpenseRow) -> None:
    """See that a change is refused and leaves no trace in the tables."""
    before = current(owner, row), list(Receipt.objects.order_by("id").values())

    with pytest.raises(error):
        change()

    assert (current(owner, row), list(Receipt.objects.order_by("id").values())) == before


@pytest.mark.parametrize("change", CHANGES)
def test_of_a_deleted_expense(alice: Account, lunch: ExpenseRow, change: Change) -> None:
    add(alice, lunch)
    receipt = add(alice, lunch)
    services.expense_delete(owner=alice, expense_id=lunch.id, now=LATER)

    unchanged_by(lambda: change(alice, receipt), ReceiptNotFound, alice, lunch)
    unchanged_by(lambda: add(alice, lunch), ExpenseNotFound, alice, lunch)
    assert ids(alice, lunch) == []


@pytest.mark.parametrize("change", CHANGES)
def test_in_a_report_that_was_handed_in(alice: Account, lunch: ExpenseRow, folder: Path, change: Change) -> None:
    add(alice, lunch)
    receipt = add(alice, lunch)
    report = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    services.expenses_move(owner=alice, expense_ids=[lunch.id], report_id=report.id, now=NOON)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    unchanged_by(lambda: change(alice, receipt), ReportClosed, alice, lunch)
    unchanged_by(lambda: add(alice, lunch), ReportClosed, alice, lunch)
    assert len(files(folder)) == 2


class Busy(ReceiptFolder):
    """A storage during whose next write somebody else is at work."""

    meanwhile: ClassVar[list[Callable[[], object]]] = []

    def _save(self, name: str, content: Any) -> str:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super()._save(name, content)  # type: ignore[misc, no-any-return]  # not in the stubs


def test_turned_by_two_at_once(alice: Account, lunch: ExpenseRow, folder: Path, settings: LazySettings) -> None:
    settings.STORAGES = {
        **settings.STORAGES, "default": {"BACKEND": f"{__name__}.Busy", "OPTIONS": {"location": folder}},
    }  # fmt: skip
    receipt = add(alice, lunch)
    firsts: list[ReceiptRow] = []

    Busy.meanwhile.append(lambda: firsts.append(turn(alice, receipt)))
    with pytest.raises(ReceiptNotFound):
        turn(alice, receipt)

    assert expense_receipts(user_id=alice.id, expense_id=lunch.id) == firsts
    assert files(folder) == {receipt.image, firsts[0].image}  # the older one goes with the commit
