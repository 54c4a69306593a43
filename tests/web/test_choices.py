from typing import Any

import pytest
from django.forms import Form

from web.choices import zones
from web.coming_in.forms import LedgerForm
from web.settings.profile import CurrencyForm, ProfileForm

pytestmark = pytest.mark.once


def offered(form: Form, name: str) -> list[Any]:
    field: Any = form.fields[name]
    return [*field.choices]


def test_who_comes_in_may_choose_what_he_may_change_to() -> None:
    assert offered(LedgerForm(), "zone") == offered(ProfileForm(), "zone") == zones()
    assert offered(LedgerForm(), "currency") == offered(CurrencyForm(), "currency")


def test_zones_of_a_region_stand_together() -> None:
    assert ("UTC", "UTC") in zones()
    assert ("America/Argentina/Buenos_Aires", "Argentina/Buenos Aires") in dict(zones())["America"]
