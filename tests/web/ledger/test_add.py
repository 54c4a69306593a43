import pytest
import time_machine
from django.test import Client

from accounts.selectors import Account
from expenses.services import expense_delete
from tests.cast import NOON, spend
from tests.web.ledger.seen import Row, htmx, once, rows, toast, total
from tests.web.people import at_browser, csrf


def test_it_works(browser: Client) -> None:
    response = browser.post("/add/", {"q": "lunch 45 with jack #clientx", "once": once(browser)}, follow=True)

    assert response.redirect_chain == [("/", 302)]
    line = rows(response)[0]
    assert line == Row(line.id, "lunch", "with jack", "#clientx", "My Expenses", "", "45.00 USD")
    assert toast(response) == "Added lunch, 45.00 USD"
    assert f'name="id" value="{line.id}"><button class="btn plain" name="act" value="delete"' in (
        response.content.decode()
    )
    assert toast(browser.get("/")) == ""


def test_as_a_fragment_the_list_comes_with_a_fresh_line(browser: Client) -> None:
    response = browser.post("/add/", {"q": "lunch 45", "once": once(browser)}, headers=htmx())

    text = response.content.decode()
    assert text.startswith('\n<section class="list" id="list"')
    assert 'id="entry" method="post" action="/add/" hx-post="/add/" hx-target="#list" hx-swap-oob="true"' in text
    assert '<div class="dock" id="dock" hx-swap-oob="true">' in text
    assert toast(response) == "Added lunch, 45.00 USD"
    assert f'id="e{rows(response)[0].id}" class="fresh"' in text


def test_the_list_is_the_one_that_was_looked_at(alice: Account, browser: Client) -> None:
    spend(alice, "hotel 100")
    response = browser.post("/add/", {"q": "lunch 45", "once": once(browser)}, headers=htmx("/?type=hotel"))

    assert [row.type for row in rows(response)] == ["hotel"]


@pytest.mark.parametrize("address", ["http://[", "https://evil.example/?type=hotel", ""])
def test_an_address_that_is_none_of_ours_is_the_first_page(browser: Client, address: str) -> None:
    headers = htmx() | {"HX-Current-URL": address}

    response = browser.post("/add/", {"q": "lunch 45", "once": once(browser)}, headers=headers)

    assert [row.type for row in rows(response)] == ["lunch", "Sample Expense"]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "", "javascript:alert(1)"])
def test_it_leads_back_to_our_own_pages_only(browser: Client, back: str) -> None:
    response = browser.post("/add/", {"q": "lunch 45", "once": once(browser), "back": back})

    assert response.headers["Location"] == "/"


def test_it_leads_back_to_where_one_was(browser: Client) -> None:
    response = browser.post("/add/", {"q": "lunch 45", "once": once(browser), "back": "/?tag=x"})

    assert response.headers["Location"] == "/?tag=x"


def test_sent_twice_it_is_added_once(browser: Client) -> None:
    key = once(browser)
    for _ in range(2):
        response = browser.post("/add/", {"q": "lunch 45", "once": key}, headers=htmx())

        assert toast(response) == "Added lunch, 45.00 USD"
    assert total(browser.get("/?type=lunch")) == "1 expense 45.00 USD"


def test_sent_twice_and_deleted_between_it_stays_deleted(alice: Account, browser: Client) -> None:
    key = once(browser)
    (line,) = rows(browser.post("/add/", {"q": "lunch 45", "once": key}, headers=htmx()))[:1]
    expense_delete(owner=alice, expense_id=line.id, now=NOON)

    browser.post("/add/", {"q": "lunch 45", "once": key}, headers=htmx())

    assert line not in rows(browser.get("/"))


@pytest.mark.parametrize("key", ["used", ""])
def test_a_form_of_before_asks_once_more(browser: Client, key: str) -> None:
    browser.post("/add/", {"q": "lunch 45", "once": "used"})

    response = browser.post("/add/", {"q": "dinner 20", "once": key})

    assert "This line was sent once before, with another text." in response.content.decode()
    assert 'value="dinner 20"' in response.content.decode()
    assert total(browser.get("/?type=dinner")) == "0 expenses 0.00 USD"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("lunch", "&#x27;lunch&#x27;: there is no amount, a number between blanks or commas"),
        ("", "there is no text"),
        ("time stop", "no timer is running"),
        ("lunch 20 kr", "the mark kr can mean several currencies here"),
        ("lunch 20 EUR", "no rate from EUR to USD is known for this day"),
    ],
)
@pytest.mark.parametrize("headers", [htmx(), {}], ids=["fragment", "page"])
def test_what_can_t_be_read_stays_and_says_why(
    browser: Client, text: str, refusal: str, headers: dict[str, str]
) -> None:
    response = browser.post("/add/", {"q": text, "once": once(browser)}, headers=headers)

    page = response.content.decode()
    assert response.status_code == 200
    assert refusal in page.partition('class="bad">')[2].partition("</p>")[0]
    assert f'value="{text}"' in page
    if headers:
        assert response.headers["HX-Retarget"] == "#entry"
        assert "<section" not in page
    assert total(browser.get("/")) == "1 expense 0.00 USD"


def test_a_stopped_timer_is_not_undone_by_a_click(alice: Account, browser: Client) -> None:
    spend(alice, "time start clientx")
    with time_machine.travel(NOON.replace(hour=13), tick=False):
        response = browser.post("/add/", {"q": "time stop", "once": once(browser)}, headers=htmx())

    assert toast(response) == "Stopped time, 0.00 USD"
    assert 'value="delete" data-key="z"' not in response.content.decode()


def test_it_is_asked_for_a_token(alice: Account) -> None:
    browser = at_browser(alice, strict=True)
    key = once(browser)

    assert browser.post("/add/", {"q": "lunch 45", "once": key}).status_code == 403
    browser.post("/add/", {"q": "lunch 45", "once": key, "csrfmiddlewaretoken": csrf(browser)})
    assert total(browser.get("/?type=lunch")) == "1 expense 45.00 USD"


def test_a_get_adds_nothing(browser: Client) -> None:
    assert browser.get("/add/?q=lunch 45").status_code == 405
    assert total(browser.get("/?type=lunch")) == "0 expenses 0.00 USD"


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in() -> None:
    response = Client().post("/add/", {"q": "lunch 45"})

    assert response.headers["Location"] == "/accounts/login/?next=/add/"


@pytest.mark.django_db
def test_a_stranger_s_fragment_takes_the_whole_page_there() -> None:
    response = Client().post("/add/", {"q": "lunch 45"}, headers=htmx("/?q=x"))

    assert (response.status_code, response.headers["HX-Redirect"]) == (200, "/accounts/login/?next=/%3Fq%3Dx")
