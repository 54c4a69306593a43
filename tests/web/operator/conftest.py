"""Olga runs the server; her browser has just shown who she is."""

import pytest
from django.test import Client

from accounts.operators import operator_set
from accounts.selectors import Account
from tests.cast import PASSWORD, open_account
from tests.web.test_signin import signed_in


@pytest.fixture
def olga(db: None) -> Account:
    account = open_account("olga@example.com")
    operator_set(user_id=account.id, is_operator=True)
    return account


@pytest.fixture
def desk(olga: Account) -> Client:
    client = Client()
    signed_in(client, olga.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
