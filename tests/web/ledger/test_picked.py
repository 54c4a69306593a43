import re
from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from expenses.exports.row import ExpenseRow
from expenses.selectors import expense_row
from expenses.services import expense_delete, expense_update, report_create, report_update
from reports.status import Status
from tests.cast import NOON, spend
from tests.web.ledger.seen import htmx, notes, toast
from tests.web.people import at_browser, csrf

pytestmark = pytest.mark.every_case


@pytest.fixture
def two(alice: Account) -> list[ExpenseRow]:
    return [spend(alice, "lunch 45 jack #clientx"), spend(alice, "dinner 20 ana")]


def act(browser: Client, name: str, picked: list[ExpenseRow], **said: str) -> Any:
    return browser.post("/picked/", {"act": name, "id": [row.id for row in picked], **said}, headers=htmx())


def test_they_are_deleted_and_taken_back(browser: Client, two: list[ExpenseRow]) -> None:
    response = act(browser, "delete", two)

    assert toast(response) == "2 expenses deleted"
    assert not {"jack", "ana"} & {*notes(response)}
    undo = response.content.decode().partition('class="toast"')[2].partition("</form>")[0]
    assert [f'name="id" value="{row.id}"' in undo for row in two] == [True, True]
    assert 'name="act" value="restore"' in undo
    response = act(browser, "restore", two)
    assert toast(response) == "2 expenses restored"
    assert {"jack", "ana"} <= {*notes(response)}


def test_what_was_deleted_before_is_not_undone(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    expense_delete(owner=alice, expense_id=two[0].id, now=NOON)

    undo = act(browser, "delete", two).content.decode().partition('class="toast"')[2].partition("</form>")[0]

    assert f'name="id" value="{two[0].id}"' not in undo
    assert f'name="id" value="{two[1].id}"' in undo


@pytest.mark.parametrize(("name", "text"), [("delete", "0 expenses deleted"), ("restore", "0 expenses restored")])
def test_nothing_done_is_nothing_to_undo(browser: Client, name: str, text: str) -> None:
    response = act(browser, name, [])

    assert toast(response) == text
    assert 'data-key="z"' not in response.content.decode()


def test_they_are_moved(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)

    response = act(browser, "move", two, report=str(report.id))

    assert toast(response) == "2 expenses moved to Fair"
    assert {now_is(alice, row).report for row in two} == {"Fair"}


def undone(browser: Client, response: Any) -> Any:
    """Press the button that the toast has."""
    form = response.content.decode().partition('class="toast"')[2].partition("</form>")[0]
    said: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(id|was|act)" value="([^"]*)"', form):
        said.setdefault(name, []).append(value)
    return browser.post("/picked/", said, headers=htmx())


def test_a_move_is_undone_and_done_again(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)

    back = undone(browser, act(browser, "move", two, report=str(report.id)))

    assert toast(back) == "2 expenses are as they were"
    assert {now_is(alice, row).report for row in two} == {"My Expenses"}
    assert toast(undone(browser, back)) == "2 expenses are as they were"
    assert {now_is(alice, row).report for row in two} == {"Fair"}


@pytest.mark.parametrize(("name", "tag"), [("tag", "fair, cash"), ("untag", "clientx")])
def test_tags_are_undone(alice: Account, browser: Client, two: list[ExpenseRow], name: str, tag: str) -> None:
    undone(browser, act(browser, name, two, tag=tag))

    assert [now_is(alice, row).tags for row in two] == [row.tags for row in two]


def test_what_was_changed_meanwhile_is_told_and_stays(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    response = act(browser, "tag", two, tag="fair")
    expense_update(owner=alice, expense_id=two[0].id, fields={"notes": "x"}, now=NOON)

    assert toast(undone(browser, response)) == "1 expense is as it was; 1 was changed meanwhile, and stays"
    assert [tag.name for tag in now_is(alice, two[0]).tags] == ["clientx", "fair"]
    assert toast(undone(browser, response)) == "0 expenses are as they were; 2 were changed meanwhile, and stay"


def test_without_scripts_it_is_undone_too(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    response = browser.post("/picked/", {"act": "tag", "id": [two[0].id], "tag": "fair"}, follow=True)

    undone(browser, response)

    assert now_is(alice, two[0]).tags == two[0].tags


@pytest.mark.parametrize("was", ["", "x", "1_2_3", "1_2_3_x", "1_2_3_4.", f"{'9' * 19}_1_1_-", "-1_2_3_-"])
def test_what_says_nothing_of_how_one_was_is_left_out(browser: Client, was: str) -> None:
    response = browser.post("/picked/", {"act": "put_back", "was": was}, headers=htmx())

    assert toast(response) == "0 expenses are as they were"


@pytest.mark.parametrize("report", ["", "soon", "4711", "9" * 30, "²"])
def test_to_no_report_they_stay(alice: Account, browser: Client, two: list[ExpenseRow], report: str) -> None:
    response = act(browser, "move", two, report=report)

    assert "no report of yours has this id or name" in toast(response)
    assert [now_is(alice, row) for row in two] == two


@pytest.mark.parametrize("typed", ["fair, cash", "#fair,#cash", " fair ,, cash "])
def test_they_are_tagged_and_untagged(alice: Account, browser: Client, two: list[ExpenseRow], typed: str) -> None:
    response = act(browser, "tag", two, tag=typed)

    assert toast(response) == "2 expenses tagged"
    assert [[tag.name for tag in now_is(alice, row).tags] for row in two] == [
        ["clientx", "fair", "cash"], ["fair", "cash"],
    ]  # fmt: skip
    assert toast(act(browser, "untag", two, tag="clientx")) == "A tag taken off 1 expense"
    assert [[tag.name for tag in now_is(alice, row).tags] for row in two] == [["fair", "cash"]] * 2


def test_all_or_nothing(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)
    locked = spend(alice, "taxi 5 eve", report_id=report.id)
    report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    response = act(browser, "delete", [*two, locked])

    assert toast(response) == f"expense {locked.id}: report 'Fair' was handed in (status S) and can't be changed"
    assert {"jack", "ana", "eve"} <= {*notes(response)}


def test_a_stranger_s_are_not_there(alice: Account, bob: Account, two: list[ExpenseRow]) -> None:
    response = act(at_browser(bob), "delete", two)

    assert toast(response) == f"expense {two[0].id}: no expense of yours has this id"
    assert [now_is(alice, row) for row in two] == two


def test_without_scripts_it_leads_back(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    said = {"act": "delete", "id": [two[0].id], "back": "/?type=dinner"}

    response = browser.post("/picked/", said, follow=True)

    assert response.redirect_chain == [("/?type=dinner", 302)]
    assert toast(response) == "1 expense deleted"


@pytest.mark.parametrize("back", ["//evil.example/", "/\\evil.example", "https://evil.example/", "report", "?q=x", ""])
def test_it_leads_back_to_a_path_of_this_server_only(browser: Client, two: list[ExpenseRow], back: str) -> None:
    response = browser.post("/picked/", {"act": "delete", "id": [two[0].id], "back": back})

    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_from_the_trash_one_stays_there(alice: Account, browser: Client, two: list[ExpenseRow]) -> None:
    for row in two:
        expense_delete(owner=alice, expense_id=row.id, now=NOON)
    said = {"act": "restore", "id": [two[0].id]}

    response = browser.post("/picked/", said, headers=htmx("/trash/"))

    assert notes(response) == ["ana"]
    assert 'id="entry"' not in response.content.decode()


def test_another_act_is_refused(browser: Client, two: list[ExpenseRow]) -> None:
    response = act(browser, "burn", two)

    assert (response.status_code, response.content) == (
        400, b"act: one of delete, restore, move, tag, untag, put_back is wanted",
    )  # fmt: skip


def test_ids_that_are_none_are_left_out(browser: Client, two: list[ExpenseRow]) -> None:
    said = {"act": "delete", "id": ["x", "²", "9" * 30, str(two[0].id)]}

    assert toast(browser.post("/picked/", said, headers=htmx())) == "1 expense deleted"


def test_it_is_asked_for_a_token(alice: Account, two: list[ExpenseRow]) -> None:
    browser = at_browser(alice, strict=True)
    browser.get("/")
    said = {"act": "delete", "id": [row.id for row in two]}

    assert browser.post("/picked/", said).status_code == 403
    assert browser.post("/picked/", said | {"csrfmiddlewaretoken": csrf(browser)}).status_code == 302
    assert browser.get("/picked/").status_code == 405


def now_is(owner: Account, row: ExpenseRow) -> ExpenseRow:
    return expense_row(user_id=owner.id, expense_id=row.id)
