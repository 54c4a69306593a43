"""A new secret key, as the README tells how to get one."""

from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from pytest_django import Settings

from access.models import AccessToken, Consumer, RequestToken
from accounts.selectors import Account
from tests.access.programs import asked, let_in, program, signing
from tests.clients.people import People
from tests.live import start_peopled_server
from web.coming_in.adapters import FactorAdapter


def told() -> str:
    out = StringIO()
    call_command("reencrypt", stdout=out)
    return out.getvalue()


def test_it_works(alice: Account, settings: Settings) -> None:
    consumer = program(alice)
    token = let_in(consumer, alice)
    asked(consumer)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    assert told() == "3 secrets are under the first line of secret_key.\n"

    settings.SECRET_KEY_FALLBACKS = []
    assert signing(consumer, token)[1:4] == (consumer.secret, "", token.secret)
    assert RequestToken.objects.count() == 1


def test_a_key_that_is_gone(alice: Account, settings: Settings) -> None:
    lost = program(alice)
    settings.SECRET_KEY = "new"
    program(alice)
    before = Consumer.objects.get(pk=lost.id).secret

    with pytest.raises(CommandError, match="1 secrets are under none of its lines"):
        told()

    assert Consumer.objects.get(pk=lost.id).secret == before


def factor(owner: Account, kind: str, **kept: str) -> Authenticator:
    adapter = FactorAdapter()
    data = {name: adapter.encrypt(secret) for name, secret in kept.items()}
    return Authenticator.objects.create(user_id=owner.id, type=kind, data=data)


def test_second_factors_too(alice: Account, settings: Settings) -> None:
    factor(alice, "totp", secret="MZXW6")
    factor(alice, "recovery_codes", seed="00ff")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    assert told() == "2 secrets are under the first line of secret_key.\n"

    settings.SECRET_KEY_FALLBACKS = []
    app, codes = Authenticator.objects.order_by("pk")
    assert (FactorAdapter().decrypt(app.data["secret"]), FactorAdapter().decrypt(codes.data["seed"])) == (
        "MZXW6",
        "00ff",
    )


def test_a_factor_whose_key_is_gone(alice: Account, settings: Settings) -> None:
    factor(alice, "totp", secret="MZXW6")
    settings.SECRET_KEY = "new"

    with pytest.raises(CommandError, match="1 second factors are under none of its lines"):
        told()


def test_nothing_to_do(db: None) -> None:
    assert told() == "0 secrets are under the first line of secret_key.\n"
    assert not AccessToken.objects.exists()


def test_step_by_step(tmp_path: Path) -> None:
    """On a real server: a program that was let in under the old key works under the new one alone."""
    with start_peopled_server(tmp_path) as server:
        file = server.data / "secret_key"
        old = file.read_text()
        with People(server) as people:
            email = server.newcomer()
            token = people.let_in(people.register(email), email)
            assert token.get("/api/v1.0/user/").status_code == 200
        server.stop()

        file.write_text(f"a-new-secret-key-of-the-operators-own-making\n{old}\n")
        server.start()
        assert token.get("/api/v1.0/user/").status_code == 200
        done = server.manage("reencrypt")
        assert done.stdout == "2 secrets are under the first line of secret_key.\n", done.stderr
        server.stop()

        file.write_text("a-new-secret-key-of-the-operators-own-making\n")
        server.start()
        assert token.get("/api/v1.0/user/").json()["email"] == email
