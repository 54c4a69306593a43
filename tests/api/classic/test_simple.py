import re

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from accounts.selectors import Account
from expenses import services
from expenses.images import inspect
from expenses.receipts import receipt_open
from tests.api.classic.ledger import entries
from tests.cast import NOON, PASSWORD, OldClient, basic, open_account
from tests.expenses.pictures import LARGE, jpeg
from tests.pages import POLICY, page, shown, squeezed

BROWSER = {"User-Agent": "Mozilla/5.0 (Windows; U; Windows NT 6.0; en-US; rv:1.9.0.10) Gecko/2009042316 Firefox/3.0.10"}
FORM = """<form method="post" action="/api/simple/">
<div class="field"><label for="q">Expense</label>
<input id="q" name="q" value="{q}" placeholder="lunch 45 with jack #clientx" autocomplete="off" \
autofocus required></div>
{report}
<input type="hidden" name="idempotency_key" value="KEY">
<button class="btn first">{button}</button>
</form>
"""


def form(*, button: str, q: str = "", report: str = "") -> str:
    return FORM.format(q=q, button=button, report=report)


def test_it_works(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch+45+with+jack+%23clientx&format=json")

    (row,) = entries(alice)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.content.decode() == (
        f'{{"status": 200, "data": {{"date": "2026-11-20 12:00:00", "report": {row.report_id}, "amount": "45.00", '
        f'"type": "lunch", "notes": "with jack"}}, "id": {row.id}}}'
    )
    assert row.tags[0].name == "clientx"
    assert row.sourceid == f"SP-{alice.id}-2026-11-20T12:00:00.000002"


def test_a_post_does_the_same(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/simple/", "q=lunch+45+with+jack&format=json")

    (row,) = entries(alice)
    assert response.json() == {
        "status": 200,
        "data": {
            "date": "2026-11-20 12:00:00",
            "report": row.report_id,
            "amount": "45.00",
            "type": "lunch",
            "notes": "with jack",
        },
        "id": row.id,
    }


def test_a_person_gets_a_page(alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch+45+with+jack+%23a+%23b")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"] == POLICY
    assert shown(response) == page(
        "Added",
        """<div class="card">
<h1>Added</h1>
<dl class="pairs">
<dt class="soft">Type</dt><dd>lunch</dd>
<dt class="soft">Amount</dt><dd class="big">45.00 <small>USD</small></dd>
<dt class="soft">Notes</dt><dd>with jack</dd>
<dt class="soft">Tags</dt><dd>#a #b </dd>
<dt class="soft">Report</dt><dd>My Expenses</dd>
<dt class="soft">Date</dt><dd>2026-11-20 12:00:00</dd>
</dl>
"""
        + form(button="Add another")
        + "</div>",
    )


def test_the_page_says_where_there_is_nothing_to_say(alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch+45")

    assert '<dt class="soft">Notes</dt><dd>–</dd>' in response.content.decode()
    assert '<dt class="soft">Tags</dt><dd>–</dd>' in response.content.decode()


def test_the_page_names_the_persons_own_currency(db: None) -> None:
    carla = open_account("carla@example.com", currency="CHF")

    response = OldClient(carla.email).get("/api/simple/?q=lunch+45")

    assert '<dd class="big">45.00 <small>CHF</small></dd>' in response.content.decode()


@pytest.mark.parametrize("path", ["/api/simple", "/api/simple/", "/api/%20simple/", "/api/simple?", "/api/%09simple"])
def test_every_spelling_of_the_path(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.send(path, "q=lunch+4&format=json")

    assert response.status_code == 200
    assert len(entries(alice)) == 1


@pytest.mark.parametrize(
    "path", ["/api/simple//", "/api/simple/%0A", "/api/simple/x", "/api/simpleton", "/api/Simple/"]
)
def test_no_other_spelling(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.send(path, "q=lunch+4&format=json")

    assert response.status_code == 404
    assert entries(alice) == []


@pytest.mark.parametrize("said", ["{id}", "Trip to Lyon", "trip to LYON", " Trip to Lyon "])
def test_the_report_by_id_or_exact_name(alice: Account, alice_client: OldClient, said: str) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip to Lyon", now=NOON)

    response = alice_client.get("/api/simple/", {"q": "taxi 20", "report": said.format(id=trip.id), "format": "json"})

    assert response.json()["data"]["report"] == trip.id


def test_the_page_goes_on_in_the_same_report(alice: Account, alice_client: OldClient) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip to Lyon", now=NOON)

    response = alice_client.get("/api/simple/", {"q": "taxi 20", "report": str(trip.id)})

    hidden = f'<input type="hidden" name="report" value="{trip.id}">'
    assert squeezed(form(button="Add another", report=hidden)) in shown(response)


@pytest.mark.every_case
@pytest.mark.parametrize("said", ["Trip", "999999999999999999", "-1", "0", "1e3", "*"])
def test_an_unknown_report(alice: Account, alice_client: OldClient, said: str) -> None:
    response = alice_client.get("/api/simple/", {"q": "taxi 20", "report": said, "format": "json"})

    assert response.status_code == 404
    assert response.json() == {
        "status": 404,
        "error": f"Not Found: report {said!r}: no report of yours has this id or name",
    }
    assert entries(alice) == []


def test_somebody_elses_report(alice: Account, bob: Account, bob_client: OldClient) -> None:
    hers = services.report_create(user_id=alice.id, name="Trip to Lyon", now=NOON)

    response = bob_client.get("/api/simple/", {"q": "taxi 20", "report": str(hers.id), "format": "json"})

    assert response.status_code == 404
    assert entries(alice) == entries(bob) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("lunch", "'lunch': there is no amount, a number between blanks or commas"),
        ("", "'': there is no text"),
        ("   ", "'   ': there is no text"),
    ],
)
def test_text_that_is_no_expense(alice: Account, alice_client: OldClient, said: str, reason: str) -> None:
    response = alice_client.get("/api/simple/", {"q": said, "format": "json"})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {
        "status": 400,
        "error": f"Bad Request: {reason}; write it like: lunch 45 with jack #clientx",
    }
    assert entries(alice) == []


def test_a_refusal_as_a_page(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch&report=")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"] == POLICY
    assert shown(response) == page(
        "Not added",
        """<div class="card">
<div><h1>Not added</h1>
<p class="bad" role="alert">&#x27;lunch&#x27;: there is no amount, a number between blanks or commas; \
write it like: lunch 45 with jack #clientx</p></div>
"""
        + form(button="Add", q="lunch")
        + "</div>",
    )
    assert entries(alice) == []


@pytest.mark.parametrize("output", ["xml", "csv", "pickle", "JSON", "json,html"])
def test_an_unknown_format(alice: Account, alice_client: OldClient, output: str) -> None:
    response = alice_client.get("/api/simple/", {"q": "lunch 4", "format": output})

    assert response.status_code == 400
    assert escape(f"format {output!r}: one of html, json is wanted") in response.content.decode()
    assert entries(alice) == []


@pytest.mark.parametrize("output", ["html", "", " "])
def test_html_is_what_is_meant_without_a_format(alice_client: OldClient, output: str) -> None:
    response = alice_client.get("/api/simple/", {"q": "lunch 4", "format": output})

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("q", "headers"),
    [
        ("<script>alert(1)</script> 4 <b>x</b>", {}),
        ("<script>alert(1)</script>", {}),
        ('x" onfocus="alert(1) 4 <b>x</b>', BROWSER),
    ],
)
def test_hostile_text_is_only_text(alice_client: OldClient, q: str, headers: dict[str, str]) -> None:
    response = alice_client.get("/api/simple/", {"q": q, "report": ""}, headers=headers)

    assert "<script" not in response.content.decode()
    assert "<b>" not in response.content.decode()
    assert 'x" onfocus' not in response.content.decode()
    assert escape(q[:8]) in response.content.decode()


def test_a_hostile_report_is_only_text(alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/", {"q": "lunch 4", "report": '"><script>alert(1)</script>'})

    assert response.status_code == 404
    assert "<script" not in response.content.decode()
    assert "&quot;&gt;&lt;script&gt;" in response.content.decode()


def test_a_browsers_get_asks_first(alice: Account, alice_client: OldClient) -> None:
    services.report_create(user_id=alice.id, name="Lyon", now=NOON)

    response = alice_client.get("/api/simple/?q=lunch+4+with+jack+%23a&report=Lyon", headers=BROWSER)

    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["Vary"] == "Authorization"
    assert shown(response) == page(
        "Add an expense",
        """<div class="card">
<div><h1>Add this expense?</h1>
<p class="soft">A page or a link asks for this. Nothing has been written yet.</p></div>
<p class="said">lunch 4 with jack #a</p>
<dl class="pairs">
<dt class="soft">Type</dt><dd>lunch</dd>
<dt class="soft">Amount</dt><dd class="big">4.00 <small>USD</small></dd>
<dt class="soft">Date</dt><dd>2026-11-20 12:00:00 <small>assumed</small></dd>
<dt class="soft">Notes</dt><dd>with jack</dd>
<dt class="soft">Tags</dt><dd>#a </dd>
<dt class="soft">Report</dt><dd>Lyon</dd>
</dl>
<form method="post" action="/api/simple/">
<input type="hidden" name="q" value="lunch 4 with jack #a">
<input type="hidden" name="report" value="Lyon">
<input type="hidden" name="idempotency_key" value="KEY">
<button class="btn first">Add 4.00 USD</button>
</form>
<p class="soft">If you did not ask for this, close the page. It goes into the ledger of alice@example.com.</p>
</div>""",
    )
    assert entries(alice) == []


@pytest.mark.parametrize("q", ["lunch", "hotel 4 EUR", "Time stop"])
def test_a_browser_is_not_asked_about_what_could_not_be_added(alice_client: OldClient, q: str) -> None:
    response = alice_client.get("/api/simple/", {"q": q}, headers=BROWSER)

    assert response.status_code == 400
    assert "<h1>Not added</h1>" in response.content.decode()


def test_a_browser_without_text_gets_the_entry_page(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/", headers=BROWSER)

    assert shown(response) == page(
        "Add an expense", '<div class="card">\n<h1>Add an expense</h1>\n' + form(button="Add") + "</div>"
    )
    assert entries(alice) == []


def test_the_page_itself_may_post(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/simple/", "q=lunch+4", headers={**BROWSER, "Origin": settings.PUBLIC_URL})

    assert "<h1>Added</h1>" in response.content.decode()
    assert len(entries(alice)) == 1


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "https://localhost:8000",
        "http://localhost",
        "http://localhost:8001",
        "http://localhost:8000.evil.example",
        "http://xpenser.com",
        "",
    ],
)
def test_a_foreign_page_asks_first(alice: Account, alice_client: OldClient, origin: str) -> None:
    response = alice_client.send("/api/simple/", "q=lunch+4", headers={**BROWSER, "Origin": origin})

    assert response.status_code == 200
    assert "<h1>Add this expense?</h1>" in response.content.decode()
    assert entries(alice) == []


def test_a_foreign_page_is_refused_where_there_is_no_page_to_ask_on(alice: Account, alice_client: OldClient) -> None:
    get = alice_client.get("/api/simple/?q=lunch+4&format=json", headers=BROWSER)
    post = alice_client.send("/api/simple/", "q=lunch+4&format=json", headers={"Origin": "null"})

    assert (get.status_code, post.status_code) == (403, 403)
    assert (
        get.json()
        == post.json()
        == {
            "status": 403,
            "error": "Forbidden: a page of another site can't write here",
        }
    )
    assert entries(alice) == []


@pytest.mark.parametrize("query", ["q=lunch+4", "q=lunch+4&format=json"])
def test_a_head_records_nothing(alice: Account, alice_client: OldClient, query: str) -> None:
    response = alice_client.head(f"/api/simple/?{query}")

    assert response.status_code == 200
    assert response.content == b""
    assert entries(alice) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods(alice: Account, alice_client: OldClient, method: str) -> None:
    response = alice_client.generic(method, "/api/simple/?q=lunch+4&format=json")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert "Content-Type" not in response.headers
    assert response.content == b""
    assert entries(alice) == []


def test_options(alice_client: OldClient) -> None:
    response = alice_client.options("/api/simple/")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("output", ["json", "html"])
def test_without_credentials(alice: Account, output: str) -> None:
    response = Client().post("/api/simple/", {"q": "lunch 4", "format": output})

    assert response.status_code == 401
    assert response.content == b"Authorization Required"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert entries(alice) == []


def test_the_old_clients_first_try_without_credentials_then_with(alice: Account) -> None:
    client = Client()

    first = client.get("/api/simple/?q=lunch+4&format=json")
    second = client.get("/api/simple/?q=lunch+4&format=json", headers={"Authorization": basic(alice.email, PASSWORD)})

    assert (first.status_code, second.status_code) == (401, 200)
    assert len(entries(alice)) == 1


def test_a_repeated_key_records_once(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    first = alice_client.send("/api/simple/", "q=lunch+4&format=json", headers={"Idempotency-Key": "k1"})
    clock.shift(5)
    second = alice_client.send("/api/simple/", "q=lunch+4&format=json", headers={"Idempotency-Key": "k1"})

    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["Content-Type"] == "application/json"
    assert len(entries(alice)) == 1


def test_a_key_with_another_text(alice: Account, alice_client: OldClient) -> None:
    alice_client.send("/api/simple/", "q=lunch+4&format=json", headers={"Idempotency-Key": "k1"})

    response = alice_client.send("/api/simple/", "q=lunch+5&format=json", headers={"Idempotency-Key": "k1"})

    assert response.status_code == 422
    assert response.json()["status"] == 422
    assert len(entries(alice)) == 1


def test_a_form_with_a_picture(alice: Account, alice_client: OldClient) -> None:
    picture = jpeg()

    upload = SimpleUploadedFile("lunch.png", picture)
    response = alice_client.post("/api/simple/", {"q": "lunch 4", "format": "json", "receipt": upload})

    (row,) = entries(alice)
    assert response.status_code == 200
    assert row.receipt_image.endswith(".JPG")
    with receipt_open(image=row.receipt_image).file as stored:
        assert stored.read() == inspect(picture, **LARGE).data


def test_a_person_sees_what_was_typed(alice_client: OldClient) -> None:
    abroad = alice_client.get("/api/simple/?q=hotel+20+EUR+at+1.085")
    worked = alice_client.get("/api/simple/?q=Time+90+mins")

    assert '<dt class="soft">Typed</dt><dd>20.00 EUR at 1.085</dd>' in shown(abroad)
    assert '<dt class="soft">Typed</dt><dd>90.00 min at 0 an hour</dd>' in shown(worked)


def test_what_stands_beside_the_text_is_asked_about_too(alice: Account, alice_client: OldClient) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON).id

    response = alice_client.get(f"/api/simple/?q=lunch+4&r={trip}&d=2009-10-02+05:14", headers=BROWSER)

    assert f'<input type="hidden" name="r" value="{trip}">' in shown(response)
    assert "<dd>2009-10-02 05:14:00</dd>" in shown(response)
    assert '<input type="hidden" name="d" value="2009-10-02 05:14">' in shown(response)


def test_what_stands_beside_a_refused_text_is_shown(alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch&report=<3>&date=2010-01-01")

    assert "<dt>Report</dt><dd>&lt;3&gt;</dd>\n<dt>Date</dt><dd>2010-01-01</dd>" in shown(response)


def test_a_day_is_not_the_next_ones(alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/?q=lunch+4&d=2009-10-02")

    assert '<dt class="soft">Date</dt><dd>2009-10-02 00:00:00</dd>' in shown(response)
    assert 'name="d"' not in shown(response)


def test_loading_the_answer_anew_adds_nothing(alice: Account, alice_client: OldClient) -> None:
    asked = alice_client.get("/api/simple/?q=lunch+4", headers=BROWSER).content.decode()
    (key,) = re.findall('name="idempotency_key" value="([^"]+)"', asked)
    body = f"q=lunch+4&idempotency_key={key}"

    first, second = (alice_client.send("/api/simple/", body) for _ in range(2))

    assert first.content == second.content
    assert len(entries(alice)) == 1


def test_the_entry_page_needs_no_browser(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get("/api/simple/")

    assert (response.status_code, "<h1>Add an expense</h1>" in shown(response)) == (200, True)
    assert entries(alice) == []


def test_a_query_beyond_counting(alice: Account, alice_client: OldClient) -> None:
    query = "&".join(f"a{number}=1" for number in range(1100))

    response = alice_client.get(f"/api/simple/?{query}&format=json&q=lunch+4")

    assert response.status_code == 400
    assert response.json() == {"status": 400, "error": "Bad Request: fields: at most 1000 in one request are read"}
    assert Client().get(f"/api/simple/?{query}").status_code == 401
