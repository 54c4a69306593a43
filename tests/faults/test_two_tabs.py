"""Two tabs that save one expense at once, on a real server: one is stored, the other is shown it."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

from tests.callers import PATIENCE
from tests.faults.tabs import signed_in
from tests.live import LiveServer
from tests.web.ledger.test_expense import form_of

ROUNDS = 5


def save(tab: requests.Session, page: str, form: dict[str, str], together: Barrier) -> requests.Response:
    together.wait(PATIENCE)
    return tab.post(page, form, headers={"Referer": page}, timeout=PATIENCE, allow_redirects=False)


def test_it_works(server: LiveServer) -> None:
    email = server.newcomer()
    tabs = [signed_in(server, email) for _ in range(2)]
    (number,) = re.findall(r'id="e(\d+)"', tabs[0].get(server.public_url, timeout=PATIENCE).text)
    page = f"{server.public_url}/expenses/{number}/"

    for turn in range(ROUNDS):
        notes = [f"turn {turn} of tab {which}" for which in range(2)]
        forms = [
            form_of(tab.get(page, timeout=PATIENCE)) | {"notes": mine} for tab, mine in zip(tabs, notes, strict=True)
        ]

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(save, tabs, [page] * 2, forms, [Barrier(2)] * 2))

        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (won,) = [which for which, answer in enumerate(answers) if answer.status_code == 302]
        assert "Changed meanwhile, elsewhere." in answers[1 - won].text
        assert notes[won] in answers[1 - won].text
        assert form_of(tabs[0].get(page, timeout=PATIENCE))["notes"] == notes[won]
