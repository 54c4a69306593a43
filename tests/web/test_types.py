"""Settings, "Types": what is known of each type, and the categories that they are in."""

import re
from decimal import Decimal
from functools import partial
from html import unescape

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.selectors import CategoryRow, TypeRow, category_rows, type_rows
from tests.cast import NOON, spend
from tests.web.meanwhile import meanwhile
from tests.web.people import at_browser

PATH = "/settings/types/"
CATEGORIES = "/settings/categories/"
COPIES = {"name": "Copies", "category": "", "unit": "page", "rate": "0,05"}


def known(owner: Account) -> list[TypeRow]:
    return [row._replace(id=0) for row in type_rows(user_id=owner.id)]


def meals(owner: Account) -> CategoryRow:
    return services.category_create(user_id=owner.id, name="Meals", now=NOON)


def copies(owner: Account) -> TypeRow:
    services.type_set(user_id=owner.id, name="Copies", unit="page", rate=Decimal("0.05"), now=NOON)
    return type_rows(user_id=owner.id)[0]


def rows(text: str, section: str) -> list[str]:
    body = re.search(rf'<table[^>]* aria-labelledby="{section}">.*?<tbody[^>]*>(.*?)</tbody>', text, re.DOTALL)
    lines = re.findall(r"<tr.*?</tr>", body[1] if body else "", re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", line)).split()) for line in lines]


def test_it_works(alice: Account, bob: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    category = meals(alice)
    copies(alice)
    services.type_set(user_id=alice.id, name="Lunch", category_id=category.id, now=NOON)
    spend(alice, "lunch 4")
    spend(bob, "bribe 4")
    client = at_browser(alice)

    with django_assert_num_queries(5):  # session, user, account; types and categories
        text = client.get(PATH).content.decode()

    assert rows(text, "types") == ["Copies page at 0.05 USD 0 Change", "Lunch Meals 1 Change"]
    assert rows(text, "categories") == ["Meals Change"]


def test_how_often_leads_to_which(alice: Account) -> None:
    spend(alice, "R&D: print 4")
    spend(alice, "taxi 20")
    client = at_browser(alice)
    address = re.findall(r'<a href="(/\?type=[^"]+)">1</a>', client.get(PATH).content.decode())[0]

    ledger = client.get(unescape(address)).content.decode()

    assert re.findall(r'aria-label="Select ([^"]+)"', ledger) == ["R&amp;D: print 4.00 USD"]


def test_where_there_is_nothing_it_says_so(alice: Account) -> None:
    text = at_browser(alice).get(PATH).content.decode()

    assert text.count("None so far.") == 2
    assert rows(text, "types") == rows(text, "categories") == []


def test_a_type_is_added(alice: Account) -> None:
    category = meals(alice)

    response = at_browser(alice).post(PATH, {**COPIES, "category": category.id}, follow=True)

    assert response.redirect_chain == [(PATH, 302)]
    assert "“Copies” is added." in response.content.decode()
    assert known(alice) == [TypeRow(0, "Copies", category.id, "Meals", "page", Decimal("0.05"), 0)]
    assert spend(alice, "copies 100").amount == 5_000


def test_one_that_is_there_is_not_overwritten(alice: Account) -> None:
    row = copies(alice)

    response = at_browser(alice).post(PATH, {"name": "COPIES"}, follow=True)

    assert response.redirect_chain == [(f"{PATH}{row.id}/", 302)]
    assert "“Copies” is there; this is what is known of it." in response.content.decode()
    assert 'name="unit" value="page"' in response.content.decode()
    assert known(alice) == [row._replace(id=0)]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 201, "Type &#x27;xxxx"),
        ("unit", "x" * 21, "Unit &#x27;xxxx"),
        ("rate", "much", "“much”: a number like 0.725 is wanted."),
        ("rate", "2000000", "Rate 2000000: a number from 0 to 1000000"),
        ("unit", "", ""),
        ("category", "1", "Select a valid choice. 1 is not one of the available choices."),
    ],
)
def test_what_can_not_be_meant_is_told_at_its_field(alice: Account, field: str, typed: str, said: str) -> None:
    response = at_browser(alice).post(PATH, {**COPIES, field: typed})

    text = response.content.decode()
    at, said = ("rate", "Rate 0.05: a unit, like page, is wanted with it") if not said else (field, said)
    assert response.status_code == 200
    assert f'<small class="bad" id="id_{at}_error">{said}' in text
    assert field == "name" or 'name="name" value="Copies"' in text
    assert known(alice) == []


def test_a_type_is_changed(alice: Account) -> None:
    row, category = copies(alice), meals(alice)
    client = at_browser(alice)

    page = client.get(f"{PATH}{row.id}/").content.decode()
    response = client.post(f"{PATH}{row.id}/", {"category": category.id, "unit": "sheet", "rate": ""}, follow=True)

    assert "0 expenses are of this type." in page
    assert 'name="rate" value="0.05"' in page
    assert response.redirect_chain == [(PATH, 302)]
    assert "“Copies” is saved." in response.content.decode()
    assert known(alice) == [TypeRow(0, "Copies", category.id, "Meals", "sheet", None, 0)]
    assert f'<option value="{category.id}" selected>Meals</option>' in client.get(f"{PATH}{row.id}/").content.decode()


def test_what_can_not_be_meant_of_a_type_is_told_there(alice: Account) -> None:
    row = copies(alice)

    response = at_browser(alice).post(f"{PATH}{row.id}/", {"unit": "x" * 21, "rate": "0.07"})

    assert '<small class="bad" id="id_unit_error">Unit &#x27;xxxx' in response.content.decode()
    assert 'name="rate" value="0.07"' in response.content.decode()
    assert known(alice) == [row._replace(id=0)]


def test_a_type_is_renamed(alice: Account) -> None:
    spend(alice, "lnch 4")
    (row,) = type_rows(user_id=alice.id)
    client = at_browser(alice)

    page = client.get(f"{PATH}{row.id}/").content.decode()
    response = client.post(f"{PATH}{row.id}/name/", {"name": "Lunch"}, follow=True)

    assert 'name="name" value="lnch"' in page
    assert "Merge it" not in page
    assert response.redirect_chain == [(PATH, 302)]
    assert "“Lunch” is saved." in response.content.decode()
    assert known(alice) == [TypeRow(0, "Lunch", None, "", "", None, 1)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type &#x27;&#x27;: 1 to 200 characters on one line, like lunch, are wanted"),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 201, "Type &#x27;xxxx"),
        ("COPIES", "Type &#x27;COPIES&#x27;: another type of yours has this name"),
        ("Work", "Rate 50: a unit, like page, is wanted with it"),
    ],
)
def test_a_name_that_a_type_can_not_have_is_told_at_its_field(alice: Account, typed: str, said: str) -> None:
    copies(alice)
    services.type_set(user_id=alice.id, name="Time", rate=Decimal(50), now=NOON)
    before = type_rows(user_id=alice.id)

    text = at_browser(alice).post(f"{PATH}{before[1].id}/name/", {"name": typed}).content.decode()

    assert f'<small class="bad" id="id_name_error">{said}' in text
    assert 'aria-current="page">Types</a>' in text
    assert type_rows(user_id=alice.id) == before


def test_two_types_are_made_one_once_that_is_confirmed(alice: Account) -> None:
    spend(alice, "lnch 4")
    row = copies(alice)
    ids = {each.name: each.id for each in type_rows(user_id=alice.id)}
    client, path = at_browser(alice), f"{PATH}{ids['lnch']}/merge/?into={row.id}"

    page = client.get(f"{PATH}{ids['lnch']}/").content.decode()
    asked = client.get(path).content.decode()

    assert f'<option value="{row.id}">Copies</option>' in page
    assert "<h1>Merge <bdi>lnch</bdi> into <bdi>Copies</bdi>?</h1>" in asked
    assert "1 expense is of this type and becomes one of the other; its amount stays." in asked
    assert f'href="{PATH}{ids["lnch"]}/">Keep</a>' in asked
    assert len(known(alice)) == 2

    assert "“lnch” is “Copies” now." in client.post(path, follow=True).content.decode()
    assert known(alice) == [row._replace(id=0, uses=1)]


@pytest.mark.parametrize("into", ["", "x", "itself", "bobs"])
def test_a_type_is_merged_into_another_one_of_ones_own(alice: Account, bob: Account, into: str) -> None:
    row = copies(alice)
    into = str({"itself": row.id, "bobs": copies(bob).id}.get(into, into))

    assert at_browser(alice).post(f"{PATH}{row.id}/merge/?into={into}").status_code == 404
    assert known(alice) == [row._replace(id=0)]


def test_a_category_is_added_renamed_and_deleted(alice: Account) -> None:
    client = at_browser(alice)

    assert "“Meals” is there." in client.post(CATEGORIES, {"name": "Meals"}, follow=True).content.decode()
    (category,) = category_rows(user_id=alice.id)
    services.type_set(user_id=alice.id, name="Lunch", category_id=category.id, now=NOON)

    page = client.get(f"{CATEGORIES}{category.id}/").content.decode()
    text = client.post(f"{CATEGORIES}{category.id}/", {"name": "Food"}, follow=True).content.decode()
    assert 'name="name" value="Meals"' in page
    assert "“Food” is saved." in text
    assert category_rows(user_id=alice.id) == [CategoryRow(category.id, "Food")]

    asked = client.get(f"{CATEGORIES}{category.id}/delete/").content.decode()
    assert "<h1>Delete <bdi>Food</bdi>?</h1>" in asked
    assert "1 type is in it, and will be in none." in asked
    assert f'href="{PATH}">Keep</a>' in asked
    assert category_rows(user_id=alice.id) != []

    text = client.post(f"{CATEGORIES}{category.id}/delete/", follow=True).content.decode()
    assert "“Food” is deleted." in text
    assert category_rows(user_id=alice.id) == []
    assert known(alice) == [TypeRow(0, "Lunch", None, "", "", None, 0)]


def test_a_name_that_is_none_or_taken_is_told_at_its_field(alice: Account) -> None:
    category = meals(alice)
    services.category_create(user_id=alice.id, name="Travel", now=NOON)
    client = at_browser(alice)

    nameless = client.post(CATEGORIES, {"name": " "}).content.decode()
    unstorable = client.post(CATEGORIES, {"name": "a\x00b"}).content.decode()
    made = client.post(CATEGORIES, {"name": "x" * 201}).content.decode()
    renamed = client.post(f"{CATEGORIES}{category.id}/", {"name": "TRAVEL"}).content.decode()

    said = "Category &#x27;&#x27;: 1 to 200 characters on one line are wanted"
    assert f'<small class="bad" id="category_name_error">{said}' in nameless
    assert '<small class="bad" id="category_name_error">Null characters are not allowed.' in unstorable
    assert '<small class="bad" id="category_name_error">Category &#x27;xxxx' in made
    assert (
        '<small class="bad" id="id_name_error">Category &#x27;TRAVEL&#x27;: another category of yours has this name'
        in renamed
    )
    assert 'value="TRAVEL"' in renamed
    assert [row.name for row in category_rows(user_id=alice.id)] == ["Meals", "Travel"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_somebody_elses_does_not_exist(alice: Account, bob: Account, method: str) -> None:
    row, category = copies(alice), meals(alice)
    client = at_browser(bob)

    for path in (
        f"{PATH}{row.id}/", f"{PATH}{row.id}/merge/", f"{CATEGORIES}{category.id}/",
        f"{CATEGORIES}{category.id}/delete/",
    ):  # fmt: skip
        assert getattr(client, method)(path, {"name": "mine", "unit": "mine"}).status_code == 404

    assert known(alice) == [row._replace(id=0)]
    assert category_rows(user_id=alice.id) == [category]


def test_a_category_of_somebody_else_is_no_choice(alice: Account, bob: Account) -> None:
    category = meals(bob)

    text = at_browser(alice).post(PATH, {**COPIES, "category": category.id}).content.decode()

    assert f"Select a valid choice. {category.id} is not one of the available choices." in text
    assert known(alice) == []


def test_no_get_and_no_other_site_changes_anything(alice: Account, bob: Account) -> None:
    row, category = copies(alice), meals(alice)
    asked = {"name": "x", "unit": "x"}

    assert at_browser(alice).get(CATEGORIES, asked).status_code == 405
    assert at_browser(alice).get(f"{PATH}{row.id}/name/", asked).status_code == 405
    assert at_browser(bob).post(f"{PATH}{row.id}/name/", asked).status_code == 404
    for path in (
        PATH, f"{PATH}{row.id}/", f"{PATH}{row.id}/name/", f"{PATH}{row.id}/merge/?into=1",
        CATEGORIES, f"{CATEGORIES}{category.id}/", f"{CATEGORIES}{category.id}/delete/",
    ):  # fmt: skip
        at_browser(alice).get(path, asked)
        assert at_browser(alice, strict=True).post(path, asked).status_code == 403
    assert known(alice) == [row._replace(id=0)]
    assert category_rows(user_id=alice.id) == [category]


def test_what_another_tab_merged_or_deleted_at_the_same_moment_is_told_as_gone(alice: Account) -> None:
    client = at_browser(alice)

    for place in ("name/", "merge/?into={into}"):
        row = copies(alice)
        services.type_set(user_id=alice.id, name="Print", now=NOON)
        into = type_rows(user_id=alice.id)[1].id
        merge = partial(services.type_merge, user_id=alice.id, type_id=row.id, into=into, now=NOON)
        with meanwhile(merge, seen="expenses_expensetype"):
            response = client.post(f"{PATH}{row.id}/{place.format(into=into)}", {"name": "Paper"})
        assert response.status_code == 404
        assert f'href="{PATH}">See what there is</a>' in response.content.decode()
    for place in ("", "delete/"):
        category = meals(alice)
        delete = partial(services.category_delete, user_id=alice.id, category_id=category.id, now=NOON)
        with meanwhile(delete, seen="expenses_category"):
            response = client.post(f"{CATEGORIES}{category.id}/{place}", {"name": "Food"})
        assert response.status_code == 404
        assert f'href="{PATH}">See what there is</a>' in response.content.decode()

    assert [row.name for row in known(alice)] == ["Print"]
    assert category_rows(user_id=alice.id) == []


def test_a_category_deleted_at_the_same_moment_is_told_at_its_field(alice: Account) -> None:
    category = meals(alice)
    delete = partial(services.category_delete, user_id=alice.id, category_id=category.id, now=NOON)

    with meanwhile(delete, seen="expenses_category"):
        text = at_browser(alice).post(PATH, {**COPIES, "category": category.id}).content.decode()

    assert '<small class="bad" id="id_category_error">It is no longer there: choose another one, or none.' in text
    assert 'value="Copies"' in text
    assert known(alice) == []
