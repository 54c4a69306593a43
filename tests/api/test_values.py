from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.selectors import Account
from api.parameters import BadParameter, Parameters, query_pairs
from api.values import UnknownReference, read_amount, read_day, read_filter, read_operator, read_report
from expenses.selectors import AmountBound, DateBound, ExpenseFilter, InstantBound, Operator
from reports.selectors import report_default
from reports.services import report_create
from tests.cast import NOON


def parameters(query: str) -> Parameters:
    return Parameters(query_pairs(query))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", "12.50"),
        (" 12.50\t", "12.50"),
        ("+12.5", "12.5"),
        ("-12.5", "-12.5"),
        ("0", "0"),
        ("007", "7"),
        ("12.", "12"),
        (".5", "0.5"),
        ("9" * 40, "9" * 40),
    ],
)
def test_read_amount(text: str, amount: str) -> None:
    assert read_amount("amount", text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", ".", "+", "-", "--1", "1 2", "1,50", "1_000", "$5", "5 EUR", "1e3", "1E400", "NaN", "sNaN",
     "Infinity", "-inf", "0x10", "٣", "１２", "½", "9" * 41, "." + "9" * 41, "1\x00", "1\n2"],
)  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_amount("rawamount", text)

    assert str(refused.value) == f"rawamount {text!r}: a number like 12.50 is wanted"


@given(amount=st.decimals(-(10**15), 10**15, places=3))
def test_every_amount_of_the_ledger_is_read(amount: Decimal) -> None:
    assert read_amount("amount", f"{amount:f}") == amount


@given(text=st.text() | st.text("0123456789.+-eE ,", max_size=8))
def test_any_text_is_a_plain_number_or_refused(text: str) -> None:
    try:
        amount = read_amount("amount", text)
    except BadParameter:
        return
    assert amount == Decimal(text.strip())
    assert set(text.strip()) <= set("0123456789.+-")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2009-08-26 01:02:03", datetime.fromisoformat("2009-08-26 01:02:03")),
        ("2009-08-26 01:02", datetime.fromisoformat("2009-08-26 01:02:00")),
        ("2009-08-26T01:02:03", datetime.fromisoformat("2009-08-26 01:02:03")),
        ("2009-08-26 00:00:00", datetime.fromisoformat("2009-08-26")),
        ("2009-08-26", date(2009, 8, 26)),
        (" 2009-08-26 ", date(2009, 8, 26)),
        ("26 Aug 2009", date(2009, 8, 26)),
        ("26 AUG 2009", date(2009, 8, 26)),
        ("08/26/2009", date(2009, 8, 26)),
        ("2008-02-29", date(2008, 2, 29)),
    ],
)
def test_read_day(text: str, day: date) -> None:
    read = read_day("date", text)

    assert (type(read), read) == (type(day), day)


@pytest.mark.parametrize(
    "text",
    ["", "today", "2009-02-29", "2009-13-01", "0000-01-01", "99999-01-01", "26/08/2009", "2009-08-26 24:00", "2009",
     "2009-08-26 01:02:03.5", "2009-08-26T01:02:03Z", "٢٠٠٩-08-26"],
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_day("d", text)

    assert str(refused.value) == f"d {text!r}: a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"


@pytest.mark.parametrize(
    ("query", "operator"),
    [
        ("", "exact"),
        ("date_op=", "exact"),
        ("date_op=eq", "exact"),
        ("date_op=exact", "exact"),
        ("date_op=lt", "lt"),
        ("date_op=lte", "lte"),
        ("date_op=gt", "gt"),
        ("date_op=gte", "gte"),
        ("amount_op=gt", "exact"),
        ("date_op=lt&date_op=gt", "gt"),
    ],
)
def test_read_operator(query: str, operator: Operator) -> None:
    assert read_operator(parameters(query), "date") == operator


@pytest.mark.parametrize("operator", ["contains", "iexact", "GT", " gt", "gt__date", "in", "regex", "=", ">"])
def test_what_is_no_operator(operator: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_operator(Parameters([("date_op", operator)]), "date")

    assert str(refused.value) == f"date_op {operator!r}: one of lt, lte, gt, gte, exact is wanted"


def test_read_report(alice: Account) -> None:
    berlin = report_create(user_id=alice.id, name="Berlin Trip", now=NOON).id

    assert read_report("r", str(berlin), user_id=alice.id) == berlin
    assert read_report("r", f"000{berlin}", user_id=alice.id) == berlin
    assert read_report("r", "berlin TRIP", user_id=alice.id) == berlin


def test_a_report_named_by_digits(alice: Account, bob: Account) -> None:
    theirs = report_create(user_id=bob.id, name="Berlin", now=NOON).id
    named = report_create(user_id=alice.id, name="20100", now=NOON).id
    named_as_theirs = report_create(user_id=alice.id, name=str(theirs), now=NOON).id
    report_create(user_id=alice.id, name=str(named), now=NOON)

    assert read_report("r", "20100", user_id=alice.id) == named
    assert read_report("r", str(theirs), user_id=alice.id) == named_as_theirs
    assert read_report("r", str(named), user_id=alice.id) == named


@pytest.mark.parametrize("text", ["0", "-1", "999999999999999999", "9999999999999999999", "Berlin", "ber", "x" * 300])
def test_what_is_no_report(alice: Account, bob: Account, text: str) -> None:
    report_create(user_id=bob.id, name="Berlin", now=NOON)

    with pytest.raises(UnknownReference) as refused:
        read_report("r", text, user_id=alice.id)

    assert str(refused.value) == f"r {text[:60]!r}: no report of yours has this id or name"


def test_a_strangers_report_is_none(alice: Account, bob: Account) -> None:
    theirs = report_create(user_id=bob.id, name="Berlin", now=NOON).id

    with pytest.raises(UnknownReference):
        read_report("r", str(theirs), user_id=alice.id)


@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ("report=*", lambda _: ExpenseFilter()),
        ("report=+*+&foo=1&status=deleted", lambda _: ExpenseFilter()),
        ("", lambda own: ExpenseFilter(report_id=own)),
        (
            "report=&type=+&notes=&amount=&date=&created=&modified=&tags=&status=",
            lambda own: ExpenseFilter(report_id=own),
        ),
        (
            "report=*&type=+Lunch+&notes=with+jack&status=all",
            lambda _: ExpenseFilter(type="Lunch", notes="with jack", with_deleted=True),
        ),
        (
            "report=*&amount=3&amount_op=gt&date=2009-08-26",
            lambda _: ExpenseFilter(amount=AmountBound("gt", Decimal(3)), date=DateBound("exact", date(2009, 8, 26))),
        ),
        (
            "report=*&created=2009-08-26+00:00:00&created_op=lt&modified=2009-08-27&modified_op=gte",
            lambda _: ExpenseFilter(
                created=InstantBound("lt", datetime.fromisoformat("2009-08-26")),
                modified=InstantBound("gte", date(2009, 8, 27)),
            ),
        ),
        ("report=*&tags=cash&tags=+%23Personal+&tags=", lambda _: ExpenseFilter(tags=("cash", "Personal"))),
        ("report=*&amount=" + "9" * 40, lambda _: ExpenseFilter(amount=AmountBound("exact", Decimal(10) ** 15))),
        ("report=*&amount=-" + "9" * 40, lambda _: ExpenseFilter(amount=AmountBound("exact", -(Decimal(10) ** 15)))),
    ],
)
def test_read_filter(alice: Account, query: str, matching: Callable[[int], ExpenseFilter]) -> None:
    own = report_default(user_id=alice.id).id

    assert read_filter(parameters(query), user_id=alice.id) == matching(own)


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("report={0}tags=personal&tags=cash", ("personal", "cash")),
        ("report={0}tags=personal", ("personal",)),
        ("report={0}tags=%23personal", ("personal",)),
        ("report={0}&tags=personal", ("personal",)),
    ],
)
def test_the_documents_lost_ampersand(alice: Account, query: str, tags: tuple[str, ...]) -> None:
    own = report_default(user_id=alice.id).id

    matching = read_filter(parameters(query.format(own)), user_id=alice.id)

    assert matching == ExpenseFilter(report_id=own, tags=tags)


@pytest.mark.parametrize(
    "query", ["report=nowhere", "report=0", "report=tags=personal", "report=0tags=personal", "report=**"]
)
def test_a_filter_by_a_report_of_nobody(alice: Account, query: str) -> None:
    with pytest.raises(UnknownReference):
        read_filter(parameters(query), user_id=alice.id)


@pytest.mark.parametrize("name", ["amount", "date", "created", "modified"])
def test_a_filter_by_an_unknown_operator_is_refused_without_a_value_too(alice: Account, name: str) -> None:
    with pytest.raises(BadParameter):
        read_filter(parameters(f"report=*&{name}_op=like"), user_id=alice.id)


@pytest.mark.parametrize("name", ["report", "type", "notes", "tags", "status"])
@pytest.mark.parametrize("operator", ["lt", "lte", "gt", "gte", "contains", "EXACT"])
def test_a_filter_by_what_has_no_order(alice: Account, name: str, operator: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_filter(parameters(f"report=*&{name}=lunch&{name}_op={operator}"), user_id=alice.id)

    assert str(refused.value) == f"{name}_op {operator!r}: {name} can be compared by exact only"


@pytest.mark.parametrize("operator", ["", "eq", "exact"])
def test_a_filter_by_equality_in_so_many_words(alice: Account, operator: str) -> None:
    query = f"report=*&type=lunch&{'&'.join(f'{name}_op={operator}' for name in ('report', 'type', 'notes', 'tags'))}"

    assert read_filter(parameters(query), user_id=alice.id) == ExpenseFilter(type="lunch")
