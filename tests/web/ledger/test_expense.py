import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account, account
from accounts.services import mileage_rate_set, preferences_set
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseNotFound, expense_row
from expenses.services import currency_rate_set, expense_delete, expense_update, report_create, report_update, type_set
from reports.status import Status
from tests.cast import NOON, spend
from tests.web.ledger.seen import htmx, rows, text_of, toast
from tests.web.people import at_browser, csrf


@pytest.fixture
def lunch(alice: Account) -> ExpenseRow:
    return spend(alice, "lunch 45 with jack #clientx #cash")


def form_of(response: Any) -> dict[str, str]:
    """Return what a browser would send if nothing were changed."""
    text = response.content.decode().partition('class="edit"')[2].partition("</form>")[0]
    fields = {name: unescape(value) for name, value in re.findall(r'name="([\w-]+)" value="([^"]*)"', text)}
    fields |= {name: unescape(value) for value, name in re.findall(r'value="([^"]*)"[^>]*name="([\w-]+)"', text)}
    for name, value in re.findall(r'<input type="[\w-]+" name="([\w-]+)" value="([^"]*)"', text):
        fields[name] = unescape(value)
    for name, value in re.findall(r'<textarea name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL):
        fields[name] = unescape(value).removesuffix("\n")
    for name, options in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="(\d+)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    fields.pop("act", None)
    return fields


def saved(browser: Client, row: ExpenseRow, fragment: bool = True, /, **typed: str) -> Any:
    """Open a row, type, and save."""
    path = f"/expenses/{row.id}/"
    return browser.post(path, form_of(browser.get(path)) | typed, headers=htmx() if fragment else {})


def now_is(owner: Account, row: ExpenseRow) -> ExpenseRow:
    return expense_row(user_id=owner.id, expense_id=row.id)


def test_it_shows_the_cells(browser: Client, lunch: ExpenseRow) -> None:
    form = form_of(browser.get(f"/expenses/{lunch.id}/"))

    assert {name: form[name] for name in ("type", "notes", "tags", "entered", "date", "id", "back")} == {
        "type": "lunch", "notes": "with jack", "tags": "#clientx #cash", "entered": "45.00",
        "date": "2026-11-20T12:00:00", "id": str(lunch.id), "back": "/",
    }  # fmt: skip
    assert form["report"] == str(lunch.report_id)
    assert "amount" not in form


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("lunch 45", ""),
        ("mileage 100", "100 mi × 0.725 = 72.50 USD IRS rate from 1 Jan 2026 on, Notice 2026-10"),
        ("mileage 100 date 2021-03-01", "100 mi × 0.60 = 60.00 USD your rate from 1 Feb 2021 on"),
        ("mileage 100 at 0.30", "100 mi × 0.30 = 30.00 USD"),
        ("hotel 20 EUR", "20.00 EUR × 1.08 = 21.60 USD rate of 19 Nov 2026"),
        ("hotel 20 EUR at 2", "20.00 EUR × 2.00 = 40.00 USD"),
        ("time 30 mins", "30 min × 90.00/h = 45.00 USD your hourly rate"),
        ("copies 4", "4 page × 0.05 = 0.20 USD"),
    ],
)
def test_it_says_how_the_amount_came_to_be(alice: Account, browser: Client, text: str, worked: str) -> None:
    preferences_set(user_id=alice.id, hourly_rate=Decimal(90))
    currency_rate_set(user_id=alice.id, currency="EUR", base="USD", day=date(2026, 11, 19), rate=Decimal("1.08"))
    type_set(user_id=alice.id, name="Copies", unit="page", rate=Decimal("0.05"), now=NOON)
    if "2021" in text:
        mileage_rate_set(user_id=alice.id, unit="mi", valid_from=date(2021, 2, 1), rate=Decimal("0.6"))
    row = spend(account(email=alice.email), text)

    page = browser.get(f"/expenses/{row.id}/").content.decode()

    assert [text_of(said) for said in re.findall(r'<p class="amt soft">(.*?)</p>', page)] == [worked]


def test_what_was_worked_out_has_two_cells(alice: Account, browser: Client) -> None:
    row = spend(alice, "hotel -1038.5 EUR at 1.5")

    response = browser.get(f"/expenses/{row.id}/")

    assert (form_of(response)["entered"], form_of(response)["amount"]) == ("-1038.50 EUR", "-1557.75")
    assert "−1038.50 EUR × 1.50 =" in response.content.decode()


def test_as_a_fragment_it_is_a_row_whose_clicked_cell_comes_first(browser: Client, lunch: ExpenseRow) -> None:
    response = browser.get(f"/expenses/{lunch.id}/?cell=tags", headers=htmx())

    text = response.content.decode()
    assert text.startswith(f'<tr role="row" class="edit" id="e{lunch.id}">')
    assert text.endswith("</tr>")
    assert re.findall(r'<div class="c-(\w+)" data-first>', text) == ["tags"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"type": "dinner"}, {"type": "dinner"}),
        ({"notes": "with\nana"}, {"notes": "with\nana"}),
        ({"notes": ""}, {"notes": ""}),
        ({"entered": "46.50"}, {"amount": 46_500, "raw_amount": 46_500}),
        ({"entered": "20 eur at 1.5"}, {"amount": 30_000, "raw_amount": 20_000, "unit": "EUR", "rate": "1.5"}),
        ({"date": "2026-11-19T20:15"}, {"date": "2026-11-19 20:15:00"}),
        ({"date": "19 Nov 2026"}, {"date": "2026-11-19 00:00:00"}),
        ({}, {}),
    ],
)
def test_what_was_typed_is_changed_and_nothing_else(
    alice: Account, browser: Client, lunch: ExpenseRow, typed: dict[str, str], expected: dict[str, Any]
) -> None:
    response = saved(browser, lunch, **typed)

    after = now_is(alice, lunch)
    assert toast(response) == "Saved"
    assert f'id="e{lunch.id}" class="fresh"' in response.content.decode()
    assert after._replace(modified=lunch.modified) == lunch._replace(**expected)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("#a #b", ["a", "b"]),
        ("a, b c,#d", ["a", "b c", "d"]),
        (" #big client #x ", ["big client", "x"]),
        ("", []),
    ],
)
def test_tags_are_typed_with_or_without_a_sign(
    alice: Account, browser: Client, lunch: ExpenseRow, typed: str, names: list[str]
) -> None:
    saved(browser, lunch, tags=typed)

    assert [tag.name for tag in now_is(alice, lunch).tags] == names


def test_a_tag_with_a_comma_is_left_alone_by_who_types_elsewhere(alice: Account, browser: Client) -> None:
    row = spend(alice, "lunch 45")
    expense_update(owner=alice, expense_id=row.id, fields={"tags": ["a, b"]}, now=NOON)

    saved(browser, row, notes="x")

    assert [tag.name for tag in now_is(alice, row).tags] == ["a, b"]


def test_what_it_came_to_is_changed_alone(alice: Account, browser: Client) -> None:
    row = spend(alice, "hotel 20 EUR at 1.5")

    saved(browser, row, amount="31.10")

    after = now_is(alice, row)
    assert (after.amount, after.raw_amount, after.rate) == (31_100, 20_000, "1.5")


def test_it_is_moved(alice: Account, browser: Client, lunch: ExpenseRow) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)

    saved(browser, lunch, report=str(report.id))

    assert now_is(alice, lunch).report == "Fair"


def test_without_scripts_it_leads_back(browser: Client, lunch: ExpenseRow) -> None:
    response = saved(browser, lunch, False, notes="x")

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert toast(browser.get("/")) == "Saved"


@pytest.mark.parametrize(
    ("typed", "cell", "refusal"),
    [
        ({"type": ""}, "type", "This field is required."),
        ({"type": "x" * 300}, "type", "type 'xxx"),
        ({"entered": "many"}, "entered", "'many': a number is wanted, with a unit if it has one"),
        ({"entered": "20 kr"}, "entered", "the mark kr can mean several currencies here"),
        ({"entered": "20 EUR"}, "entered", "no rate from EUR to USD is known"),
        ({"entered": "1e400"}, "entered", "'1e400': a number is wanted"),
        ({"date": "soon"}, "date", "date 'soon': write it like"),
        ({"notes": "x" * 30_000}, "notes", "notes"),
        ({"tags": f"#{'x' * 200}"}, "tags", "tag"),
        ({"tags": ",".join(map(str, range(200)))}, "tags", "tags"),
        ({"report": "4711"}, "report", "Select a valid choice."),
    ],
)
def test_errors_stay_at_the_cell(
    alice: Account, lunch: ExpenseRow, typed: dict[str, str], cell: str, refusal: str
) -> None:
    browser = at_browser(alice)
    response = saved(browser, lunch, **typed)

    at_cell = response.content.decode().partition(f'<div class="c-{cell}"')[2].partition("</div>")[0]
    kept = {name: text for name, text in typed.items() if text and name != "report"}
    assert refusal in unescape(at_cell)
    assert form_of(response).items() >= kept.items()
    assert response.headers["HX-Retarget"] == f"#e{lunch.id}"
    assert form_of(saved(browser, lunch, False, **typed)).items() >= kept.items()
    assert now_is(alice, lunch) == lunch


def test_an_amount_of_another_currency_is_none_of_the_base(alice: Account, browser: Client) -> None:
    row = spend(alice, "hotel 20 EUR at 1.5")

    for typed in ("31 CAD", "x"):
        assert f"&#x27;{typed}&#x27;: a number is wanted" in saved(browser, row, amount=typed).content.decode()


class TestTwoTabs:
    def test_the_second_sees_what_changed_and_chooses(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        stale = form_of(browser.get(f"/expenses/{lunch.id}/"))
        self.elsewhere(alice, lunch, notes="with ana", type="dinner")

        response = browser.post(f"/expenses/{lunch.id}/", stale | {"notes": "with bob"}, headers=htmx())

        text = response.content.decode()
        note = text_of(text.partition('role="alert"')[2].partition('<div class="cells"')[0].partition(">")[2])
        assert note == (
            "Changed meanwhile, elsewhere. Save to have yours, or cancel to leave it. "
            "Type dinner Notes with ana you: with bob"
        )
        assert now_is(alice, lunch).notes == "with ana"
        browser.post(f"/expenses/{lunch.id}/", form_of(response), headers=htmx())
        assert (now_is(alice, lunch).notes, now_is(alice, lunch).type) == ("with bob", "dinner")

    def test_a_report_is_told_by_its_name(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        report = report_create(user_id=alice.id, name="Fair", now=NOON)
        stale = form_of(browser.get(f"/expenses/{lunch.id}/"))
        self.elsewhere(alice, lunch, report_id=report.id)

        response = browser.post(f"/expenses/{lunch.id}/", stale | {"notes": "x"}, headers=htmx())

        assert '<dt class="soft">Report</dt> <dd>Fair</dd>' in response.content.decode()

    def test_a_third_change_is_seen_too(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        stale = form_of(browser.get(f"/expenses/{lunch.id}/"))
        self.elsewhere(alice, lunch, notes="with ana")
        again = form_of(browser.post(f"/expenses/{lunch.id}/", stale | {"type": "snack"}, headers=htmx()))
        self.elsewhere(alice, lunch, notes="with eve")

        response = browser.post(f"/expenses/{lunch.id}/", again, headers=htmx())

        assert '<dt class="soft">Notes</dt> <dd>with eve</dd>' in response.content.decode()
        assert now_is(alice, lunch).type == "lunch"

    def test_a_cell_that_did_not_come_is_an_empty_one(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        stale = form_of(browser.get(f"/expenses/{lunch.id}/"))
        self.elsewhere(alice, lunch, notes="with ana")
        del stale["notes"], stale["tags"]

        response = browser.post(f"/expenses/{lunch.id}/", stale, headers=htmx())

        assert (form_of(response)["notes"], form_of(response).get("tags", "")) == ("", "")
        assert now_is(alice, lunch).notes == "with ana"

    def test_what_was_deleted_meanwhile_is_gone(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        stale = form_of(browser.get(f"/expenses/{lunch.id}/"))
        expense_delete(owner=alice, expense_id=lunch.id, now=NOON)

        assert browser.post(f"/expenses/{lunch.id}/", stale, headers=htmx()).status_code == 404

    @staticmethod
    def elsewhere(owner: Account, row: ExpenseRow, **fields: Any) -> None:
        expense_update(owner=owner, expense_id=row.id, fields=fields, now=NOON + timedelta(minutes=1))  # type: ignore[arg-type]


def test_what_is_handed_in_says_so_at_the_report(alice: Account, browser: Client) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)
    row = spend(alice, "lunch 45", report_id=report.id)
    form = form_of(browser.get(f"/expenses/{row.id}/"))
    report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    form["version"] = form_of(browser.get(f"/expenses/{row.id}/"))["version"]
    response = browser.post(f"/expenses/{row.id}/", form | {"notes": "x"}, headers=htmx())

    assert "report &#x27;Fair&#x27; was handed in" in response.content.decode()


def test_escape_shows_the_row_as_it_is(browser: Client, lunch: ExpenseRow) -> None:
    response = browser.get(f"/expenses/{lunch.id}/line/", headers=htmx())

    assert [row.notes for row in rows(response)] == ["with jack"]
    assert "fresh" not in response.content.decode()


@pytest.mark.parametrize("path", ["/expenses/{}/", "/expenses/{}/line/"])
def test_what_is_another_s_does_not_exist(bob: Account, lunch: ExpenseRow, path: str) -> None:
    stranger = at_browser(bob)

    assert stranger.get(path.format(lunch.id)).status_code == 404
    assert stranger.get(path.format(10**17)).status_code == 404
    assert stranger.post(path.format(lunch.id), {"notes": "x"}).status_code in {404, 405}
    with pytest.raises(ExpenseNotFound):
        expense_row(user_id=bob.id, expense_id=lunch.id)


def test_it_is_asked_for_a_token(alice: Account, lunch: ExpenseRow) -> None:
    browser = at_browser(alice, strict=True)
    form = form_of(browser.get(f"/expenses/{lunch.id}/"))
    form.pop("csrfmiddlewaretoken")

    assert browser.post(f"/expenses/{lunch.id}/", form | {"notes": "x"}).status_code == 403
    token = {"csrfmiddlewaretoken": csrf(browser)}
    assert browser.post(f"/expenses/{lunch.id}/", form | {"notes": "x"} | token).status_code == 302
