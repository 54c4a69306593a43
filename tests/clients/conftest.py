"""Each client comes to two doors, http and https, with an account that nobody has used yet."""

import pytest

from tests.clients.door import Door


@pytest.fixture(params=["http", "https"])
def door(request: pytest.FixtureRequest) -> Door:
    server = request.getfixturevalue("server" if request.param == "http" else "tls_server")
    return Door(server, server.newcomer())
