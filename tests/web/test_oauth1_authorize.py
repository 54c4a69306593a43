from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from access.models import RequestToken
from access.selectors.oauth1 import known_request
from access.services.consumers import NewConsumer
from accounts.selectors import Account
from tests.access.programs import CALLBACK, asked, program
from tests.pages import POLICY, account_of, page, shown
from tests.web.people import at_browser, csrf

PATHS = ["/oauth/authorize", "/oauth/authorize/", "/oauth/request_tokenauthorize", "/oauth/request_tokenauthorize/"]
MAY = """<div><h2 id="may">It could</h2>
<ul class="lines" aria-labelledby="may">
<li>See expenses, tags and categories</li>
<li>Add, change and delete expenses and tags</li>
<li>See reports</li>
<li>Make, change and delete reports</li>
<li>See receipts</li>
<li>Attach receipts</li>
<li>See who you are</li>
</ul></div>"""
QUESTION = """<div class="card">
<div><h1>Let <bdi>App</bdi> in?</h1>
<p class="soft">A program that <b>alice@example.com</b> registered here asks to act for you.</p></div>
{may}
<dl class="pairs">
<dt class="soft">Goes to</dt><dd>{goes}</dd>
<dt class="soft">You are</dt><dd>bob@example.com</dd>
</dl>
<form method="post" action="{path}?oauth_token={key}">
<input type="hidden" name="csrfmiddlewaretoken" value="KEY">
<div class="acts"><button class="btn" name="answer" value="refuse">Refuse</button>\
<button class="btn first" name="answer" value="allow">Allow</button></div>
</form>
<p class="soft">It never sees your password, and you can shut it out again under Connected apps.</p>
</div>"""
CLOSED = "This request for access is no longer open; go back to the program and let it ask again"


@pytest.fixture
def app(alice: Account) -> NewConsumer:
    return program(alice)


@pytest.fixture
def legacy(alice: Account) -> NewConsumer:
    return program(alice, name="Old App", callback="", is_legacy=True)


@pytest.fixture
def bobs(bob: Account) -> Client:
    return at_browser(bob)


def wanted(consumer: NewConsumer, callback: str = CALLBACK, **ago: int) -> str:
    return asked(consumer, callback=callback, now=timezone.now() - timedelta(**ago)).key


def answer(client: Client, key: str, said: str, path: str = "/oauth/authorize", callback: str | None = None) -> Any:
    query = f"?oauth_token={key}" + ("" if callback is None else f"&oauth_callback={quote(callback, safe='')}")
    return client.post(path + query, {"answer": said})


@pytest.mark.parametrize("path", PATHS)
def test_it_asks(app: NewConsumer, bobs: Client, path: str) -> None:
    key = wanted(app)

    response = bobs.get(path, {"oauth_token": key})

    assert response.status_code == 200
    main = QUESTION.format(may=MAY, goes="<b>app.example</b>", path=path, key=key)
    assert shown(response) == page("Let App in?", main, account=account_of("bob@example.com"))
    leads = POLICY.replace("form-action 'self'", "form-action 'self' http: https:")
    assert response.headers["Content-Security-Policy"] == leads
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_allow(app: NewConsumer, bob: Account, bobs: Client, path: str) -> None:
    key = wanted(app)

    response = answer(bobs, key, "allow", path)

    known = known_request(consumer_key=app.key, key=key, now=timezone.now())
    assert known is not None
    assert known.user_id == bob.id
    assert response.status_code == 302
    assert response.headers["Location"] == f"{CALLBACK}?oauth_token={key}&oauth_verifier={known.verifier}"


@pytest.mark.parametrize("path", PATHS)
def test_refuse(app: NewConsumer, bobs: Client, path: str) -> None:
    key = wanted(app)

    response = answer(bobs, key, "refuse", path)

    assert response.status_code == 302
    assert response.headers["Location"] == f"{CALLBACK}?error=Access%20not%20granted%20by%20user."
    assert not RequestToken.objects.exists()


def test_what_is_no_answer_is_asked_again(app: NewConsumer, bobs: Client) -> None:
    key = wanted(app)

    response = answer(bobs, key, "perhaps")

    assert (response.status_code, RequestToken.objects.get().user) == (200, None)
    assert "Let <bdi>App</bdi> in?" in shown(response)


def test_parameters_are_added_to_those_of_the_callback(legacy: NewConsumer, bobs: Client) -> None:
    key = wanted(legacy, "")

    response = answer(bobs, key, "allow", callback="http://old.example/back?of=a%26b&x")

    there = urlsplit(response.headers["Location"])
    assert there.netloc == "old.example"
    assert there.query.startswith("of=a%26b&x&oauth_token=")
    assert parse_qs(there.query)["oauth_token"] == [key]


def test_ones_own_program(app: NewConsumer, alice: Account) -> None:
    response = at_browser(alice).get("/oauth/authorize", {"oauth_token": wanted(app)})

    assert "A program that you registered asks to act for you." in shown(response)


class TestOutOfBand:
    def test_it_says_that_there_will_be_a_code(self, app: NewConsumer, bobs: Client) -> None:
        key = wanted(app, "oob")

        response = bobs.get("/oauth/authorize", {"oauth_token": key})

        goes = "a code, which you give to the program yourself"
        main = QUESTION.format(may=MAY, goes=goes, path="/oauth/authorize", key=key)
        assert shown(response) == page("Let App in?", main, account=account_of("bob@example.com"))

    def test_the_code_is_shown(self, app: NewConsumer, bobs: Client) -> None:
        key = wanted(app, "oob")

        response = answer(bobs, key, "allow")

        verifier = RequestToken.objects.get().verifier
        main = f"""<div class="card">
<div><h1>Your code</h1>
<p class="soft">Type it into <bdi>App</bdi> within 10 minutes. It works once.</p></div>
<p class="said secret" id="verifier" role="img" aria-label="{", ".join(verifier)}">\
<span>{verifier[:5]}</span><span>{verifier[5:]}</span></p>
<button class="btn" type="button" data-copy="verifier" data-copied="Copied" hidden>\
<svg class="i" aria-hidden="true"><use href="#copy"/></svg><span>Copy</span></button>\
<span class="vh" role="status"></span>
<p class="soft">Letters are small ones; there is no zero, no one, no letter I, L or O in it.</p>
</div>"""
        copy = (
            '<symbol id="copy" viewBox="0 0 16 16"><rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.25"/>'
            '<path d="M3.5 10.25h-.75v-7.5h7.5v.75"/></symbol>\n'
        )
        script = '<script src="/assets/copy.js" defer></script>\n'
        assert response.status_code == 200
        assert shown(response) == page(
            "Your code", main, account=account_of("bob@example.com"), scripts=script, symbols=copy
        )

    def test_a_legacy_program_may_need_none(self, legacy: NewConsumer, bobs: Client) -> None:
        response = answer(bobs, wanted(legacy, ""), "allow")

        assert "If the program asks for no code, just go back to it." in shown(response)

    def test_refused(self, app: NewConsumer, bobs: Client) -> None:
        response = answer(bobs, wanted(app, "oob"), "refuse")

        assert response.status_code == 200
        assert "<bdi>App</bdi> was not let in. You can close this page." in shown(response)
        assert not RequestToken.objects.exists()


class TestLegacy:
    def test_one_is_warned(self, legacy: NewConsumer, bobs: Client) -> None:
        key = wanted(legacy, "")

        response = bobs.get("/oauth/authorize", {"oauth_token": key, "oauth_callback": "http://old.example:81/a"})

        assert '<p class="note warn">It speaks OAuth 1.0 from before 2009' in shown(response)
        assert "<dd><b>old.example:81</b></dd>" in shown(response)

    def test_the_callback_of_the_question_is_that_of_the_answer(self, legacy: NewConsumer, bobs: Client) -> None:
        key = wanted(legacy, "")

        response = bobs.get("/oauth/authorize", {"oauth_token": key, "oauth_callback": "http://old.example/?a=b&c"})

        query = f"oauth_token={key}&amp;oauth_callback=http%3A%2F%2Fold.example%2F%3Fa%3Db%26c"
        assert f'action="/oauth/authorize?{query}"' in shown(response)

    @pytest.mark.parametrize("said", ["allow", "refuse", ""])
    @pytest.mark.parametrize(
        "callback", ["https://a.example.evil/cb", "http://a.example/cb", "https://a.example/cbx", "https://a.example/"]
    )
    def test_one_that_is_not_registered(self, alice: Account, bobs: Client, callback: str, said: str) -> None:
        pinned = program(alice, callback="https://a.example/cb", is_legacy=True)

        response = answer(bobs, wanted(pinned, ""), said, callback=callback)

        assert response.status_code == 400
        assert "The program asks to send you to an address that it did not register" in shown(response)
        assert RequestToken.objects.get().user is None

    @pytest.mark.parametrize("said", ["allow", "refuse", ""])
    @pytest.mark.parametrize(
        "callback",
        [
            "javascript:alert(1)",
            "//evil.example",
            "data:text/html,x",
            "https://a@evil.example/",
            "https://a.example\\@e/",
        ],
    )
    def test_one_that_is_no_address(self, legacy: NewConsumer, bobs: Client, callback: str, said: str) -> None:
        response = answer(bobs, wanted(legacy, ""), said, callback=callback)

        assert response.status_code == 400
        assert "an address like https://example.com/callback is wanted" in shown(response)
        assert RequestToken.objects.get().user is None


def test_a_callback_that_comes_late_is_ignored(app: NewConsumer, bobs: Client) -> None:
    response = answer(bobs, wanted(app), "allow", callback="https://evil.example/")

    assert response.headers["Location"].startswith(f"{CALLBACK}?")


@pytest.mark.parametrize("said", ["allow", "refuse", ""])
class TestNoLongerOpen:
    def refused(self, response: Any) -> None:
        main = f"""<div class="card">
<div><h1>Nobody was let in</h1>
<p class="bad" role="alert">{CLOSED}</p></div>
<p class="soft">You were sent nowhere, and nothing was changed.</p>
</div>"""
        assert response.status_code == 400
        assert shown(response) == page("Nobody was let in", main, account=account_of("bob@example.com"))

    @pytest.mark.every_case
    @pytest.mark.parametrize("key", ["", "nothing", "é", "\0", "x" * 5000])
    def test_unknown(self, app: NewConsumer, bobs: Client, key: str, said: str) -> None:
        self.refused(answer(bobs, quote(key), said))

    def test_expired(self, app: NewConsumer, bobs: Client, said: str) -> None:
        self.refused(answer(bobs, wanted(app, minutes=10), said))

    def test_answered_before(self, app: NewConsumer, bobs: Client, said: str) -> None:
        key = wanted(app)
        answer(bobs, key, "allow")

        self.refused(answer(bobs, key, said))

    def test_answered_by_another(self, app: NewConsumer, alice: Account, bobs: Client, said: str) -> None:
        key = wanted(app)
        answer(at_browser(alice), key, "allow")

        self.refused(answer(bobs, key, said))

    def test_its_program_is_gone(self, app: NewConsumer, alice: Account, bobs: Client, said: str) -> None:
        from access.services.consumers import consumer_delete

        key = wanted(app)
        consumer_delete(user_id=alice.id, consumer_id=app.id)

        self.refused(answer(bobs, key, said))


class TestSigningInOnTheWay:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_the_question_is_kept(self, legacy: NewConsumer, path: str, method: str) -> None:
        asks = f"{path}?oauth_token={wanted(legacy, '')}&oauth_callback=http%3A%2F%2Fold.example%2F%3Fa%3Db%26c"

        response = Client().generic(method, asks)

        assert response.status_code == 302
        there = urlsplit(response.headers["Location"])
        assert there.path == "/accounts/login/"
        assert parse_qs(there.query) == {"next": [asks]}

    def test_a_stranger_is_not_told_which_are_open(self, app: NewConsumer) -> None:
        answers = [Client().get("/oauth/authorize", {"oauth_token": key}) for key in (wanted(app), "nothing")]

        assert [response.status_code for response in answers] == [302, 302]

    @pytest.mark.parametrize("host", ["xpenser.com", "www.xpenser.com", "127.0.0.1:8000"])
    @pytest.mark.parametrize("path", PATHS)
    def test_an_old_name_leads_home(self, app: NewConsumer, host: str, path: str) -> None:
        response = Client().get(f"{path}?oauth_token=x&oauth_callback=y", headers={"Host": host})

        assert response.status_code == 400
        assert f'href="{settings.PUBLIC_URL}{path}?oauth_token=x&amp;oauth_callback=y"' in shown(response)


def test_nothing_is_decided_without_a_token_of_the_page(app: NewConsumer, bob: Account) -> None:
    client = at_browser(bob, strict=True)
    key = wanted(app)

    refused = answer(client, key, "allow")

    assert (refused.status_code, RequestToken.objects.get().user) == (403, None)


def test_the_token_of_the_page_is_in_the_form(app: NewConsumer, bob: Account) -> None:
    client = at_browser(bob, strict=True)
    path = f"/oauth/authorize?oauth_token={wanted(app)}"
    client.get(path)

    response = client.post(path, {"answer": "allow", "csrfmiddlewaretoken": csrf(client)})

    assert response.status_code == 302


def test_a_name_is_text(alice: Account, bobs: Client) -> None:
    hostile = program(alice, name="<script>alert(1)</script>")

    response = bobs.get("/oauth/authorize", {"oauth_token": wanted(hostile)})

    assert "<script>" not in shown(response)
    assert "Let <bdi>&lt;script&gt;" in shown(response)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_was_asked(bobs: Client, path: str) -> None:
    response = bobs.get(path)

    assert response.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(bobs: Client, method: str) -> None:
    response = bobs.generic(method, "/oauth/authorize?oauth_token=x")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, POST")
