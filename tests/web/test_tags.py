"""Settings, "Tags": how often each is used, other names, two made one, and none."""

import re
from html import unescape

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import expense_row, tag_rows
from tests.cast import NOON, spend
from tests.web.meanwhile import meanwhile
from tests.web.people import at_browser

PATH = "/settings/tags/"


def names(owner: Account) -> set[str]:
    return {row.name for row in tag_rows(user_id=owner.id)}


def ids(owner: Account) -> dict[str, int]:
    return {row.name: row.id for row in tag_rows(user_id=owner.id)}


def tags_of(owner: Account, row: ExpenseRow) -> list[str]:
    return [tag.name for tag in expense_row(user_id=owner.id, expense_id=row.id).tags]


def test_it_works(alice: Account, bob: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    spend(alice, "lunch 4 #cash #clientx")
    spend(alice, "taxi 4 #cash")
    spend(bob, "bribe 4 #secret")
    client = at_browser(alice)

    with django_assert_num_queries(4):  # session, user, account; tags
        text = client.get(PATH).content.decode()

    lines = re.findall(r"<tr role=\"row\"><th role=\"rowheader\".*?</tr>", text)
    assert [" ".join(unescape(re.sub("<[^>]+>", " ", line)).split()) for line in lines] == [
        "# cash 2 Change",
        "# clientx 1 Change",
    ]


def test_how_often_leads_to_which(alice: Account) -> None:
    spend(alice, "lunch 4 #c&a")
    spend(alice, "taxi 20 #cash")
    client = at_browser(alice)
    address = re.findall(r'<a href="(/\?tag=[^"]+)">1</a>', client.get(PATH).content.decode())[0]

    ledger = client.get(unescape(address)).content.decode()

    assert re.findall(r'aria-label="Select ([^"]+)"', ledger) == ["lunch 4.00 USD"]


def test_where_there_is_none_it_says_so(alice: Account) -> None:
    assert "None so far." in at_browser(alice).get(PATH).content.decode()


def test_one_is_renamed(alice: Account) -> None:
    row = spend(alice, "lunch 4 #csah")
    client, tag_id = at_browser(alice), ids(alice)["csah"]

    page = client.get(f"{PATH}{tag_id}/").content.decode()
    response = client.post(f"{PATH}{tag_id}/", {"name": "#cash"}, follow=True)

    assert "<h1>#<bdi>csah</bdi></h1>" in page
    assert "1 expense has this tag." in page
    assert "Merge it" not in page
    assert response.redirect_chain == [(PATH, 302)]
    assert "#cash is saved." in response.content.decode()
    assert tags_of(alice, row) == ["cash"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "This field is required."),
        ("#", "Name &#x27;&#x27;: 1 to 100 characters on one line, like clientx, are wanted"),
        ("CLIENTX", "Name &#x27;CLIENTX&#x27;: another tag of yours has this name"),
    ],
)
def test_a_name_that_is_none_or_taken_is_told_at_its_field(alice: Account, typed: str, said: str) -> None:
    spend(alice, "lunch 4 #cash #clientx")

    text = at_browser(alice).post(f"{PATH}{ids(alice)['cash']}/", {"name": typed}).content.decode()

    assert f'<small class="bad" id="id_name_error">{said}' in text
    assert f'name="name" value="{typed}"' in text or not typed
    assert names(alice) == {"cash", "clientx"}


def test_two_are_made_one_once_that_is_confirmed(alice: Account) -> None:
    row = spend(alice, "lunch 4 #csah")
    spend(alice, "taxi 4 #cash")
    client, known = at_browser(alice), ids(alice)
    path = f"{PATH}{known['csah']}/merge/?into={known['cash']}"

    page = client.get(f"{PATH}{known['csah']}/").content.decode()
    asked = client.get(path).content.decode()

    assert f'<option value="{known["cash"]}">cash</option>' in page
    assert f'<option value="{known["csah"]}">' not in page
    assert "<h1>Merge <bdi>#csah</bdi> into <bdi>#cash</bdi>?</h1>" in asked
    assert "1 expense has this tag. The expense stays, the tag can&#x27;t be brought back." in asked
    assert f'href="{PATH}{known["csah"]}/">Keep</a>' in asked
    assert names(alice) == {"csah", "cash"}

    text = client.post(path, follow=True).content.decode()

    assert "#csah is #cash now." in text
    assert tags_of(alice, row) == ["cash"]
    assert names(alice) == {"cash"}


@pytest.mark.parametrize("into", ["", "x", "1", "itself", "bobs"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_merged_into_another_one_of_ones_own(alice: Account, bob: Account, method: str, into: str) -> None:
    spend(alice, "lunch 4 #csah #cash")
    spend(bob, "lunch 4 #cash")
    known = ids(alice)
    into = str({"itself": known["csah"], "bobs": ids(bob)["cash"]}.get(into, into))

    response = getattr(at_browser(alice), method)(f"{PATH}{known['csah']}/merge/?into={into}")

    assert response.status_code == 404
    assert names(alice) == {"csah", "cash"}


def test_one_is_deleted_once_that_is_confirmed(alice: Account) -> None:
    row = spend(alice, "lunch 4 #cash #clientx")
    spend(alice, "taxi 4 #cash")
    client, path = at_browser(alice), f"{PATH}{ids(alice)['cash']}/delete/"

    asked = client.get(path).content.decode()

    assert "<h1>Delete <bdi>#cash</bdi>?</h1>" in asked
    assert "2 expenses have this tag. They stay, the tag can&#x27;t be brought back." in asked
    assert names(alice) == {"cash", "clientx"}

    assert "#cash is deleted." in client.post(path, follow=True).content.decode()
    assert tags_of(alice, row) == ["clientx"]


@pytest.mark.parametrize("place", ["", "merge/", "delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_somebody_elses_does_not_exist(alice: Account, bob: Account, method: str, place: str) -> None:
    spend(alice, "lunch 4 #cash #clientx")
    known = ids(alice)

    response = getattr(at_browser(bob), method)(f"{PATH}{known['cash']}/{place}?into={known['clientx']}", {"name": "x"})

    assert response.status_code == 404
    assert names(alice) == {"cash", "clientx"}


@pytest.mark.parametrize("place", ["", "merge/", "delete/"])
def test_a_page_of_another_site_can_do_nothing(alice: Account, place: str) -> None:
    spend(alice, "lunch 4 #cash #clientx")
    known = ids(alice)
    path = f"{PATH}{known['cash']}/{place}?into={known['clientx']}"

    assert at_browser(alice, strict=True).post(path, {"name": "x"}).status_code == 403
    assert names(alice) == {"cash", "clientx"}


@pytest.mark.parametrize("place", ["", "merge/", "delete/"])
@pytest.mark.parametrize("is_at_once", [True, False])
def test_what_another_tab_deleted_is_told_as_gone(alice: Account, place: str, is_at_once: bool) -> None:
    row = spend(alice, "lunch 4 #cash #clientx")
    known, client = ids(alice), at_browser(alice)
    path = f"{PATH}{known['cash']}/{place}?into={known['clientx']}"

    def delete() -> None:
        services.tag_delete(user_id=alice.id, tag_id=known["cash"], now=NOON)

    if is_at_once:
        with meanwhile(delete, seen="expenses_tag"):
            response = client.post(path, {"name": "money"})
    else:
        delete()
        response = client.post(path, {"name": "money"})

    text = response.content.decode()
    assert response.status_code == 404
    assert "<h1>No longer there</h1>" in text
    assert f'href="{PATH}">See what there is</a>' in text
    assert tags_of(alice, row) == ["clientx"]
