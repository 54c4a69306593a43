"""What a step of the schema does to rows that are there."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from accounts.names import name_key
from accounts.selectors import Account
from expenses.models import Expense
from tests.cast import spend


def test_notes_are_folded(alice: Account) -> None:
    texts = ["With JACK", "Straße ﬁve", "", "U\u0308nd ΣΑΣ"]
    ids = [spend(alice, f"lunch 1 {text}").id for text in texts]
    Expense.objects.update(notes_key="-1970711489451281740")

    step = import_module("expenses.migrations.0006_fill_notes_key")
    step.fill(apps, connection.schema_editor(), batch=2)

    assert list(Expense.objects.filter(pk__in=ids).order_by("pk").values_list("notes_key", flat=True)) == [
        name_key(text) for text in texts
    ]
