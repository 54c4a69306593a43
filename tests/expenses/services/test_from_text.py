"""Every row of the table in wire §3, as the ledger stores it; the grammar's own table is in tests/expenses."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from accounts import services as accounts
from accounts.selectors import Account, account
from expenses import grammar, services
from expenses.exports.row import ExpenseRow
from expenses.models import Expense, ExpenseType, Tag
from expenses.money import AmountTooLarge
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services import BadRate, RateMissing, ReportClosed, TooManyTags
from reports.selectors import ReportNotFound, report_default
from reports.status import Status
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg

ARRIVAL = datetime(2010, 9, 1, 13, 30, 26, tzinfo=UTC)
"""08:30:26 in Texas, where the owner of the table lives."""


class Stored(NamedTuple):
    """What the table says of a row; amounts are as they are kept, in thousandths."""

    type: str
    amount: int
    raw_amount: int
    unit: str = ""
    rate: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    report: str = "My Expenses"
    date: str = "2010-09-01 08:30:26"


def stored(row: ExpenseRow) -> Stored:
    tags = tuple(tag.name for tag in row.tags)
    return Stored(row.type, row.amount, row.raw_amount, row.unit, row.rate, row.notes, tags, row.report, row.date)


@pytest.fixture
def texan(db: None) -> Account:
    opened = open_account("texan@example.com", zone="America/Chicago")
    accounts.preferences_set(user_id=opened.id, hourly_rate=Decimal(60))
    return account(email=opened.email)


ROWS: list[tuple[str, Stored]] = [
    ("Lunch 45 with Jack", Stored("Lunch", 45_000, 45_000, notes="with Jack")),
    ("lunch 34.50 with jack", Stored("lunch", 34_500, 34_500, notes="with jack")),
    (
        "lunch 34.50 with jack #personal #cash",
        Stored("lunch", 34_500, 34_500, notes="with jack", tags=("personal", "cash")),
    ),
    (
        "lunch $34.50 with Jack #personal #cash",
        Stored("lunch", 34_500, 34_500, notes="with Jack", tags=("personal", "cash")),
    ),
    ("lunch $35 with Fred, Ginger", Stored("lunch", 35_000, 35_000, notes="with Fred, Ginger")),
    (
        "Tax 34 office to airport #cash #clientx",
        Stored("Tax", 34_000, 34_000, notes="office to airport", tags=("cash", "clientx")),
    ),
    ("test expense 1", Stored("test expense", 1000, 1000)),
    ("test expense 15 my notes", Stored("test expense", 15_000, 15_000, notes="my notes")),
    ("Test Expense 1.00 one", Stored("Test Expense", 1000, 1000, notes="one")),
    ("Another expense 2.00 two", Stored("Another expense", 2000, 2000, notes="two")),
    ("Travel: Lunch 4", Stored("Travel: Lunch", 4000, 4000)),
    ("exp lunch 39.11 with Jane", Stored("lunch", 39_110, 39_110, notes="with Jane")),
    ("Dinner with Jim 46.80 projectx", Stored("Dinner with Jim", 46_800, 46_800, notes="projectx")),
    ("$60 for taxi from airport to hotel", Stored("taxi", 60_000, 60_000, notes="from airport to hotel")),
    (
        "Freight, 500.00, Endicia.com - US Mail Shipments Conf 188055 #CPAP.com date 08/31/2010",
        Stored(
            "Freight", 500_000, 500_000, notes="Endicia.com - US Mail Shipments Conf 188055", tags=("CPAP.com",),
            date="2010-08-31 08:30:26",
        ),
    ),
    (
        "Web Software Rental, 99.00, 37Signals.com - Basecamp Project Management Conf 1234567 #CPAP.com"
        " date 08/04/2010",
        Stored(
            "Web Software Rental", 99_000, 99_000,
            notes="37Signals.com - Basecamp Project Management Conf 1234567", tags=("CPAP.com",),
            date="2010-08-04 08:30:26",
        ),
    ),
    (
        "Freight, 120.55, UPS Account 1A2B3C Conf 998877 #HMS date 08/28/2010",
        Stored(
            "Freight", 120_550, 120_550, notes="UPS Account 1A2B3C Conf 998877", tags=("HMS",),
            date="2010-08-28 08:30:26",
        ),
    ),
    (
        "Office, 39.00, GoToAssist.com - Remote Desktop Software #CPAPDropShip.com date 08/28/2010",
        Stored(
            "Office", 39_000, 39_000, notes="GoToAssist.com - Remote Desktop Software", tags=("CPAPDropShip.com",),
            date="2010-08-28 08:30:26",
        ),
    ),
    ("mileage 100", Stored("mileage", 50_000, 100_000, "mi", "0.5")),
    ("mileage 100 date 06/01/2009", Stored("mileage", 55_000, 100_000, "mi", "0.55", date="2009-06-01 08:30:26")),
    ("Time 37 mins contract review", Stored("Time", 37_000, 37_000, "min", "60", notes="contract review")),
    ("Time start clientx", Stored("Time", 0, 0, "min", "60", notes="clientx")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_it_works(texan: Account, text: str, expected: Stored) -> None:
    row = spend(texan, text, now=ARRIVAL)

    assert stored(row) == expected
    assert (row.status, row.user_id, row.created, row.modified) == (
        1, texan.id, "2026-11-20 12:00:00", "2026-11-20 12:00:00",
    )  # fmt: skip


def test_time_stop(texan: Account) -> None:
    spend(texan, "Time start clientx", now=ARRIVAL)

    row = spend(texan, "Time stop", now=ARRIVAL + timedelta(minutes=37))

    assert stored(row) == Stored("Time", 37_000, 37_000, "min", "60", notes="clientx")


def test_report_and_date_beside_the_text(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="76", now=NOON)

    row = spend(
        alice,
        "lunch 34.50 with jack #personal #cash date 08/31/2010",
        report_id=report.id,
        day=datetime(2009, 10, 2, 5, 14),
        channel="SP",
    )

    assert stored(row) == Stored(
        "lunch", 34_500, 34_500, notes="with jack", tags=("personal", "cash"), report="76", date="2009-10-02 05:14:00"
    )
    assert row.sourceid == f"SP-{alice.id}-2026-11-20T12:00:00.000003"


def test_a_day_beside_the_text_means_its_midnight(alice: Account) -> None:
    assert spend(alice, "lunch 1", day=date(2009, 10, 2)).date == "2009-10-02 00:00:00"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("date 2010-08-31 05:14", "2010-08-31 05:14:00"),
        ("date 2010-08-31", "2010-08-31 08:30:26"),
        ("date today", "2010-09-01 08:30:26"),
        ("date yesterday", "2010-08-31 08:30:26"),
    ],
)
def test_a_day_in_the_text(texan: Account, said: str, expected: str) -> None:
    assert spend(texan, f"lunch 1 {said}", now=ARRIVAL).date == expected


def test_today_is_the_owner_s(db: None) -> None:
    owner = open_account("carol@example.com", zone="Pacific/Kiritimati")

    assert spend(owner, "lunch 1 date today", now=NOON).date == "2026-11-21 02:00:00"


@pytest.mark.parametrize(
    ("currency", "text", "expected"),
    [
        # by hand
        ("USD", "lunch 20 EUR at 1.08", (21_600, 20_000, "EUR", "1.08")),
        ("USD", "lunch €20 at 1.085", (21_700, 20_000, "EUR", "1.085")),
        ("USD", "mileage 100 mi at 0.30", (30_000, 100_000, "mi", "0.3")),
        ("EUR", "mileage 100 km at 0.30", (30_000, 100_000, "km", "0.3")),
        # the owner's own rate of the day before, newer than the reference rate
        ("USD", "lunch 20 EUR", (22_000, 20_000, "EUR", "1.1")),
        ("USD", "lunch 20 €", (22_000, 20_000, "EUR", "1.1")),
        # reference rates of the European Central Bank, through euros
        ("EUR", "lunch 20 USD", (18_180, 20_000, "USD", "0.909090909091")),
        ("GBP", "lunch $20", (16_000, 20_000, "USD", "0.8")),
        ("JPY", "lunch 20 EUR", (3_201_000, 20_000, "EUR", "160.05")),
        # the owner's own money
        ("EUR", "lunch 20 EUR", (20_000, 20_000, "", "")),
        ("CAD", "lunch $20", (20_000, 20_000, "", "")),
    ],
)
def test_foreign_money(db: None, currency: str, text: str, expected: tuple[int, int, str, str]) -> None:
    owner = open_account("carol@example.com", currency=currency)
    day = date(2026, 11, 18)
    services.reference_rates_load(
        [
            services_rate(day, "USD", "1.2"),
            services_rate(day - timedelta(days=1), "USD", "1.1"),
            services_rate(day - timedelta(days=1), "GBP", "0.88"),
            services_rate(day, "JPY", "160.05"),
        ]
        if currency != "EUR"
        else [services_rate(day, "USD", "1.1")]
    )
    if currency == "USD":
        services.currency_rate_set(
            user_id=owner.id, currency="EUR", base="USD", day=day + timedelta(days=1), rate=Decimal("1.1")
        )

    row = spend(owner, text)

    assert (row.amount, row.raw_amount, row.unit, row.rate) == expected


def services_rate(day: date, currency: str, rate: str) -> Any:
    from expenses.ecb import ReferenceRate

    return ReferenceRate(day, currency, Decimal(rate))


def test_no_rate_at_all(alice: Account) -> None:
    with pytest.raises(RateMissing) as caught:
        spend(alice, "lunch 20 EUR")

    assert str(caught.value) == (
        "amount '20 EUR': no rate from EUR to USD is known for this day;"
        " give one behind it, like '20 EUR at 1.08', set yours on the page Rates of the"
        " settings, or have the server's operator load the reference rates (manage.py rates)"
    )
    assert Expense.objects.count() == 1
    assert not ExpenseType.objects.exists()


def test_no_mileage_rate(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")

    with pytest.raises(RateMissing) as caught:
        spend(owner, "mileage 100")

    assert str(caught.value) == (
        "amount '100 mi': no mileage rate in EUR is set, and the shipped ones are in USD;"
        " give one behind it, like '100 mi at 0.30', or set yours on the page Rates of the settings"
    )


def test_an_own_mileage_rate(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    accounts.preferences_set(user_id=owner.id, mileage_unit="km")
    accounts.mileage_rate_set(user_id=owner.id, unit="km", valid_from=date(2020, 1, 1), rate=Decimal("0.30"))

    row = spend(account(email=owner.email), "Mileage 100")

    assert (row.amount, row.raw_amount, row.unit, row.rate) == (30_000, 100_000, "km", "0.3")


def test_a_type_of_its_own_unit(alice: Account) -> None:
    services.type_set(user_id=alice.id, name="Copies", unit="page", rate=Decimal("0.05"), now=NOON)

    row = spend(alice, "copies 30 of the contract")

    assert (row.type, row.amount, row.raw_amount, row.unit, row.rate) == ("copies", 1500, 30_000, "page", "0.05")


def test_types_become_known(alice: Account) -> None:
    spend(alice, "Client Dinner 20")
    spend(alice, "client dinner 20")

    assert list(ExpenseType.objects.values_list("user_id", "name", "name_key", "unit")) == [
        (alice.id, "Client Dinner", "client dinner", "")
    ]


def test_a_known_type_before_with(alice: Account) -> None:
    spend(alice, "dinner 20")

    row = spend(alice, "Dinner with Jim 46.80 projectx")

    assert (row.type, row.notes) == ("Dinner", "with Jim projectx")


def test_a_type_that_somebody_else_knows(alice: Account, bob: Account) -> None:
    spend(bob, "dinner 20")

    assert spend(alice, "Dinner with Jim 46.80 projectx").type == "Dinner with Jim"


@pytest.mark.parametrize(
    ("text", "notes", "tags"),
    [
        ("lunch 45 clientx", "clientx", ()),
        ("lunch 45 with jack ClientX.", "with jack ClientX.", ()),
        ("lunch 45 #clientX", "", ("clientX",)),
        ("lunch 45 @clientx with jack", "with jack", ()),
    ],
)
@pytest.mark.parametrize("status", [Status.ACTIVE, Status.REJECTED])
def test_routing(alice: Account, text: str, notes: str, tags: tuple[str, ...], status: Status) -> None:
    services.report_create(user_id=alice.id, name="Client X", now=NOON, status=status)

    row = spend(alice, text)

    assert (row.report, row.notes, tuple(tag.name for tag in row.tags)) == ("Client X", notes, tags)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED, Status.PAID, Status.ARCHIVED])
@pytest.mark.parametrize(
    ("text", "notes", "tags"),
    [
        ("lunch 45 @clientx", "@clientx", ()),
        ("lunch 45 with Clientx", "with Clientx", ()),
        ("lunch 45 #clientx", "", ("clientx",)),
    ],
)
def test_texts_do_not_route_to_what_is_not_open(
    alice: Account, status: Status, text: str, notes: str, tags: tuple[str, ...]
) -> None:
    services.report_create(user_id=alice.id, name="Client X", now=NOON, status=status)

    row = spend(alice, text)

    assert (row.report, row.notes, tuple(tag.name for tag in row.tags)) == ("My Expenses", notes, tags)


def test_texts_do_not_route_to_somebody_else_s(alice: Account, bob: Account) -> None:
    services.report_create(user_id=bob.id, name="Client X", now=NOON)

    assert spend(alice, "lunch 45 clientx").report_id == report_default(user_id=alice.id).id


def test_a_word_that_names_two_reports_names_none(alice: Account) -> None:
    for name in ("Client X", "Cli entX"):
        services.report_create(user_id=alice.id, name=name, now=NOON)

    assert spend(alice, "lunch 45 #clientx").report == "My Expenses"


def test_a_report_beside_the_text_beats_the_text(alice: Account) -> None:
    services.report_create(user_id=alice.id, name="Client X", now=NOON)

    row = spend(alice, "lunch 45 #clientx", report_id=report_default(user_id=alice.id).id)

    assert row.report == "My Expenses"


def test_a_receipt(alice: Account) -> None:
    assert spend(alice, "lunch 45", picture=receipt_read(jpeg())).receipt_image.endswith(".JPG")


@pytest.mark.parametrize(
    "text", ["", " ", "lunch", "45", "#tag", "#a #b", "@x", ",", "\0", "\ud800", "x" * 2001, f"x {'9' * 16}"]
)
def test_what_can_not_be_read(alice: Account, text: str) -> None:
    with pytest.raises(grammar.GrammarError):
        spend(alice, text)

    assert Expense.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "arguments", "error"),
    [
        ("lunch 1", {"report_id": 10**9}, ReportNotFound),
        ("lunch 20 EUR at 1000001", {}, BadRate),
        ("lunch 999999999999999 EUR at 2", {}, AmountTooLarge),
        (f"lunch 1 {' '.join(f'#t{n}' for n in range(101))}", {}, TooManyTags),
    ],
)
def test_refused(alice: Account, text: str, arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        spend(alice, text, **arguments)

    assert [row.type for row in expense_rows(user_id=alice.id, matching=ExpenseFilter())] == ["Sample Expense"]
    assert not Tag.objects.exists()
    assert not ExpenseType.objects.exists()


def test_a_closed_report(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON, status=Status.PAID)

    with pytest.raises(ReportClosed):
        spend(alice, "lunch 1", report_id=report.id)
