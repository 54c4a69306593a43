import pytest
from django.utils import timezone

from access.models import AccessToken, Consumer, RequestToken
from access.selectors.oauth1 import REQUEST_TOKEN_LIFE
from access.services.oauth1 import NewToken, request_token_allow
from accounts.models import User
from accounts.selectors import Account
from tests.access.programs import CALLBACK, program
from tests.api.oauth1.program import Program, refusal, token_in

PATH = "/oauth/access_token"
WRONG = (401, "Invalid signature.")


def asked(program: Program, callback: str | None) -> Program:
    """Return the program with a request token."""
    token = token_in(program.post("/oauth/request_token", callback_uri=callback))
    return Program(program.consumer, token)


def answered(program: Program, person: Account, *, callback: str | None = CALLBACK) -> tuple[Program, str]:
    """Return the program with a request token that the person has allowed, and the verifier."""
    asking = asked(program, callback)
    assert asking.token is not None
    return asking, request_token_allow(key=asking.token.key, user_id=person.id, now=timezone.now()).verifier


def test_it_works(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)

    response = asking.post(PATH, verifier=verifier)

    token = token_in(response)
    assert response.content.decode() == f"oauth_token={token.key}&oauth_token_secret={token.secret}"
    rows = Program(app.consumer, token).get("/api/oauth/expenses/?format=json")
    assert [row["fields"]["user"] for row in rows.json()] == [bob.id]


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
@pytest.mark.parametrize(
    ("method", "place"),
    [("GET", "AUTH_HEADER"), ("GET", "QUERY"), ("POST", "AUTH_HEADER"), ("POST", "QUERY"), ("POST", "BODY")],
)
def test_parameters_may_be_anywhere(app: Program, bob: Account, path: str, method: str, place: str) -> None:
    asking, verifier = answered(app, bob)

    token_in(asking.ask(method, path, "" if place == "BODY" else None, verifier=verifier, signature_type=place))


def test_out_of_band_takes_the_verifier_too(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob, callback="oob")

    assert refusal(asking.post(PATH)) == (401, "Invalid verifier.")
    assert token_in(asking.post(PATH, verifier=verifier))


@pytest.mark.parametrize("verifier", ["", "wrong", "none", "ä", "x" * 500])
def test_a_wrong_verifier(app: Program, bob: Account, verifier: str) -> None:
    asking, _ = answered(app, bob)

    assert refusal(asking.post(PATH, verifier=verifier)) == (401, "Invalid verifier.")
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("callback", [None, "oob"])
def test_a_legacy_program_needs_no_verifier(legacy: Program, bob: Account, callback: str | None) -> None:
    asking, _ = answered(legacy, bob, callback=callback)

    assert token_in(asking.post(PATH))


@pytest.mark.parametrize("callback", [None, "oob"])
def test_one_that_it_gives_must_be_right(legacy: Program, bob: Account, callback: str | None) -> None:
    asking, verifier = answered(legacy, bob, callback=callback)

    assert refusal(asking.post(PATH, verifier="wrong")) == (401, "Invalid verifier.")
    assert token_in(asking.post(PATH, verifier=verifier))


def test_who_signed_a_callback_gives_a_verifier(legacy: Program, bob: Account) -> None:
    asking, _ = answered(legacy, bob, callback="http://anywhere.example/")

    assert refusal(asking.post(PATH)) == (401, "Invalid verifier.")


def test_a_request_token_works_once(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)
    token_in(asking.post(PATH, verifier=verifier))

    assert refusal(asking.post(PATH, verifier=verifier)) == WRONG
    assert AccessToken.objects.count() == 1


def test_nobody_has_allowed_it(app: Program) -> None:
    assert refusal(asked(app, CALLBACK).post(PATH, verifier="x")) == WRONG


def test_it_is_too_old(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)
    RequestToken.objects.update(created=timezone.now() - REQUEST_TOKEN_LIFE)

    assert refusal(asking.post(PATH, verifier=verifier)) == WRONG


def test_another_programs(app: Program, alice: Account, bob: Account) -> None:
    asking, verifier = answered(app, bob)

    assert refusal(Program(program(alice), asking.token).post(PATH, verifier=verifier)) == WRONG


def test_a_wrong_secret_of_it(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)
    assert asking.token is not None

    guessing = Program(app.consumer, NewToken(asking.token.key, "wrong"))

    assert refusal(guessing.post(PATH, verifier=verifier)) == WRONG
    assert refusal(guessing.post(PATH, verifier="wrong")) == WRONG


def test_an_unknown_one(app: Program) -> None:
    assert refusal(Program(app.consumer, NewToken("unknown0unknown0un", "x")).post(PATH, verifier="x")) == WRONG


def test_an_access_token(bobs: Program) -> None:
    assert refusal(bobs.post(PATH, verifier="x")) == WRONG


def test_no_token(app: Program) -> None:
    assert refusal(app.post(PATH, verifier="x")) == (401, "Invalid request parameters.")


def test_of_a_closed_account(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)
    User.objects.filter(pk=bob.id).update(is_active=False)

    assert refusal(asking.post(PATH, verifier=verifier)) == WRONG


def test_of_a_program_that_is_gone(app: Program, bob: Account) -> None:
    asking, verifier = answered(app, bob)
    Consumer.objects.all().delete()

    assert refusal(asking.post(PATH, verifier=verifier)) == WRONG
