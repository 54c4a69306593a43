"""What was looked at, the worst first."""

import re

from django.test import Client

from accounts.selectors import Account
from accounts.services import preferences_set
from reports.models import Report
from tests.pages import shown


def test_it_works(desk: Client, alice: Account) -> None:
    Report.objects.filter(user_id=alice.id).update(is_default=False)

    page = shown(desk.get("/operator/health/"))

    rows = re.findall(r'scope="row">(.*?)</th>.*?class="act">(.*?)</td>', page)
    assert rows[0] == ("Default reports", '<b class="bad">bad</b>')
    assert ("Mail", '<span class="warn">warning</span>') in rows
    assert rows[-1][1] == "ok"
    assert len(rows) == 13
    assert f"People without a default report: {alice.id}. <small>Somebody wrote to the tables by hand" in page


def test_it_speaks_the_operator_s_language(desk: Client, olga: Account, alice: Account) -> None:
    Report.objects.filter(user_id=alice.id).update(is_default=False)
    preferences_set(user_id=olga.id, language="de")

    page = shown(desk.get("/operator/health/"))

    assert 'scope="row">Standardberichte</th>' in page
    assert f"Personen ohne Standardbericht: {alice.id}. <small>Jemand hat von Hand in die Tabellen geschrieben" in page
    assert "E-Mails werden nicht versendet: Sie stehen im Protokoll des Servers." in page
