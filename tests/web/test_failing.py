"""A page that can't be had says why, dressed as every page, and asks nothing of a database that is away."""

import pytest

from accounts.selectors import Account
from tests.failing import AWAY, FULL, failing
from tests.pages import POLICY
from tests.web.people import at_browser

PROBLEMS = {
    "away": (AWAY, 503, "One moment", "2"),
    "full": (FULL, 507, "No room left", None),
    "mistake": (ValueError(), 500, "That went wrong", None),
}


@pytest.mark.parametrize("path", ["/", "/reports/", "/settings/"])
@pytest.mark.parametrize("which", PROBLEMS)
def test_a_page(alice: Account, caplog: pytest.LogCaptureFixture, path: str, which: str) -> None:
    problem, status, title, wait = PROBLEMS[which]
    browser = at_browser(alice)
    browser.raise_request_exception = False
    with failing(problem):
        response = browser.get(path)

    assert response.status_code == status
    assert f"<h1>{title}</h1>" in response.content.decode()
    assert response.headers.get("Retry-After") == wait
    assert response.headers["Content-Security-Policy"] == POLICY
    if which != "mistake":
        (record,) = caplog.records
        assert (record.name, record.exc_info) == ("web.failing", None)
