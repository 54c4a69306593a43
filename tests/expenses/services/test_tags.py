"""Tags: each change of one shows in every expense that has it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import TagRow
from expenses.models import Expense, ExpenseTag
from expenses.selectors import TagNotFound, expense_row, tag_row, tag_rows
from expenses.services import BadTagName, ExpenseFields, ReportClosed, TagNameTaken, TooManyTags
from expenses.services.tags import tag_ids, tags_wanted
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)
BAD_NAMES = ["", " ", "#", "# ", "x" * 101, "a\nb", "a\0b", "a\ud800", "\ufdfa" * 100]


def create(owner: Account, name: str) -> TagRow:
    return services.tag_create(user_id=owner.id, name=name, now=NOON)


def touched(owner: Account) -> set[int]:
    return set(Expense.objects.filter(user_id=owner.id, modified__gte=LATER).values_list("pk", flat=True))


def test_create(alice: Account) -> None:
    made = create(alice, " #CPAP.com ")

    assert made == TagRow(made.id, "CPAP.com") == tag_row(user_id=alice.id, tag_id=made.id)
    assert made.id > 1_000_000_000


def test_create_twice(alice: Account, bob: Account) -> None:
    made = create(alice, "Straße")

    assert create(alice, "STRASSE") == made
    assert create(bob, "STRASSE").id != made.id
    assert tag_rows(user_id=alice.id) == [made]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_create_badly(alice: Account, name: str) -> None:
    with pytest.raises(BadTagName):
        create(alice, name)

    assert tag_rows(user_id=alice.id) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("##x", "x"), ("# x", "x"), ("C#", "C#"), ("two words", "two words"), ("👨\u200d👩", "👨\u200d👩")],
)
def test_names(alice: Account, name: str, kept: str) -> None:
    assert create(alice, name).name == kept


def test_rename_shows_in_all_that_have_it(alice: Account) -> None:
    first, second, gone = (spend(alice, f"lunch {amount} #cash") for amount in (1, 2, 3))
    other = spend(alice, "lunch 4 #personal")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    (cash,) = first.tags

    renamed = services.tag_rename(user_id=alice.id, tag_id=cash.id, name="#Bar", now=LATER)

    assert renamed == TagRow(cash.id, "Bar")
    assert touched(alice) == {first.id, second.id, gone.id}
    assert expense_row(user_id=alice.id, expense_id=first.id) == first._replace(
        tags=(renamed,), modified="2026-11-20 13:00:00"
    )
    assert expense_row(user_id=alice.id, expense_id=other.id) == other
    assert create(alice, "bar") == renamed


def test_labels_change_in_closed_reports_too(alice: Account) -> None:
    """They are the owner's own sorting, and none would ever go otherwise (design, departures)."""
    category = services.category_create(user_id=alice.id, name="Meals", now=NOON)
    services.type_set(user_id=alice.id, name="lunch", category_id=category.id, now=NOON)
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 1 #cash #personal", report_id=report.id)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.APPROVED, now=NOON)
    cash, personal = row.tags

    services.tag_rename(user_id=alice.id, tag_id=cash.id, name="bar", now=LATER)
    services.tag_delete(user_id=alice.id, tag_id=personal.id, now=LATER)
    services.category_rename(user_id=alice.id, category_id=category.id, name="Food", now=LATER)

    after = expense_row(user_id=alice.id, expense_id=row.id)
    assert after == row._replace(tags=(TagRow(cash.id, "bar"),), category="Food", modified=after.modified)
    with pytest.raises(ReportClosed):
        services.expense_update(owner=alice, expense_id=row.id, fields=ExpenseFields(tags=[]), now=LATER)


def test_rename_to_another_case(alice: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    renamed = services.tag_rename(user_id=alice.id, tag_id=row.tags[0].id, name="CASH", now=LATER)

    assert renamed.name == "CASH"
    assert touched(alice) == {row.id}


def test_rename_to_what_it_is(alice: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    assert services.tag_rename(user_id=alice.id, tag_id=row.tags[0].id, name="cash", now=LATER) == row.tags[0]
    assert touched(alice) == set()


def test_rename_to_a_taken_name(alice: Account) -> None:
    cash, _ = create(alice, "cash"), create(alice, "Personal")

    with pytest.raises(TagNameTaken, match="name 'personal': another tag of yours has this name"):
        services.tag_rename(user_id=alice.id, tag_id=cash.id, name="personal", now=LATER)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_rename_badly(alice: Account, name: str) -> None:
    cash = create(alice, "cash")

    with pytest.raises(BadTagName):
        services.tag_rename(user_id=alice.id, tag_id=cash.id, name=name, now=LATER)


def test_merge(alice: Account) -> None:
    only, both, kept = spend(alice, "lunch 1 #bar"), spend(alice, "lunch 2 #cash #bar"), spend(alice, "lunch 3 #cash")
    (bar,), (cash,) = only.tags, kept.tags

    assert services.tag_merge(user_id=alice.id, tag_id=bar.id, into=cash.id, now=LATER) == cash

    assert tag_rows(user_id=alice.id) == [cash]
    assert touched(alice) == {only.id, both.id}
    for row in (only, both, kept):
        assert expense_row(user_id=alice.id, expense_id=row.id).tags == (cash,)


def test_merge_into_itself(alice: Account) -> None:
    row = spend(alice, "lunch 1 #bar")

    assert services.tag_merge(user_id=alice.id, tag_id=row.tags[0].id, into=row.tags[0].id, now=LATER) == row.tags[0]
    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_delete(alice: Account) -> None:
    row, other = spend(alice, "lunch 1 #bar #cash"), spend(alice, "lunch 2 #cash")

    services.tag_delete(user_id=alice.id, tag_id=row.tags[0].id, now=LATER)

    assert touched(alice) == {row.id}
    assert expense_row(user_id=alice.id, expense_id=row.id).tags == other.tags
    assert tag_rows(user_id=alice.id) == list(other.tags)


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    row, his = spend(alice, "lunch 1 #cash"), create(bob, "bar")
    hers = row.tags[0]

    for attempt in (
        lambda: services.tag_rename(user_id=bob.id, tag_id=hers.id, name="mine", now=LATER),
        lambda: services.tag_merge(user_id=bob.id, tag_id=hers.id, into=his.id, now=LATER),
        lambda: services.tag_merge(user_id=bob.id, tag_id=his.id, into=hers.id, now=LATER),
        lambda: services.tag_delete(user_id=bob.id, tag_id=hers.id, now=LATER),
        lambda: tag_row(user_id=bob.id, tag_id=hers.id),
    ):
        with pytest.raises(TagNotFound) as caught:
            attempt()
        assert str(caught.value) == f"tag {hers.id}: no tag of yours has this id"

    assert expense_row(user_id=alice.id, expense_id=row.id) == row
    assert tag_rows(user_id=bob.id) == [his]


@pytest.mark.once
@given(name=st.text(st.sampled_from("# \t\N{IDEOGRAPHIC SPACE}xÄ"), max_size=8))
@example(name="# #x")
def test_a_name_that_was_cleaned_stays_as_it_is(name: str) -> None:
    with suppress(BadTagName):
        (clean,) = tags_wanted([name]).values()

        assert [*tags_wanted([clean]).values()] == [clean]


def test_the_case_of_the_first_time_is_kept(alice: Account) -> None:
    spend(alice, "lunch 1 #CPAP.com")

    assert spend(alice, "lunch 2 #cpap.COM").tags[0].name == "CPAP.com"


def test_ids_in_the_order_of_the_names(alice: Account) -> None:
    b, a = (create(alice, name).id for name in "ba")

    assert tag_ids(user_id=alice.id, names=["a", "b", "A"]) == [a, b]
    assert tag_ids(user_id=alice.id, names=[]) == []


def test_as_many_as_an_expense_can_have(alice: Account) -> None:
    assert len(tag_ids(user_id=alice.id, names=[f"t{n}" for n in range(100)])) == 100

    with pytest.raises(TooManyTags, match="tags: 101 were given, and an expense can have 100"):
        tag_ids(user_id=alice.id, names=[f"t{n}" for n in range(101)])


def test_more_names_than_anybody_means(alice: Account) -> None:
    assert len(tag_ids(user_id=alice.id, names=["t"] * 1000)) == 1

    with pytest.raises(TooManyTags, match="tags: 1001 were given, and an expense can have 100"):
        tag_ids(user_id=alice.id, names=["t"] * 1001)


def test_links_belong_to_the_owner(alice: Account) -> None:
    spend(alice, "lunch 1 #cash")

    assert set(ExpenseTag.objects.values_list("user_id", flat=True)) == {alice.id}
