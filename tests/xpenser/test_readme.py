import base64
import re
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.callers import PATIENCE
from tests.clients.people import People, Session
from tests.live import OWN_VARIABLES, PROJECT, LiveServer, start_server
from tests.tools import program
from xpenser import env

pytestmark = pytest.mark.once

README = (PROJECT / "README.md").read_text()
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def commands(text: str) -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server as the reader of the examples has it."""
    with start_server(tmp_path_factory.mktemp("reader")) as server:
        server.adduser("me@example.com", "correct horse")
        (server.folder / "receipt.png").write_bytes(PIXEL)
        yield server


def test_every_curl_example_works_word_for_word(reader: LiveServer) -> None:
    program("curl")
    examples = commands(section("Examples"))
    assert len(examples) >= 15

    image = ""
    for example in examples:
        assert image or "IMAGE" not in example
        words = shlex.split(example.replace("localhost:8000", f"localhost:{reader.port}").replace("IMAGE", image))
        assert words[0] == "curl"
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--fail-with-body", *words[1:]],
            cwd=reader.folder, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"
        assert done.stdout or "DELETE" in example or "--output" in example, example
        image = image or next(iter(re.findall(r'"image": "([^"]+)"', done.stdout)), "")
    assert (reader.folder / "receipt.copy").stat().st_size > 0


def run_lines(text: str, server: LiveServer) -> None:
    """Run the commands word for word, in a shell that stops at the first failure."""
    subprocess.run(
        ["sh", "-eu", "-c", "\n".join(commands(text))], cwd=server.folder, env=server.environ(), check=True, timeout=300
    )


def got(server: LiveServer, path: str, host: str = "localhost") -> bytes:
    """Return the bytes that the server sends for a GET by the person of the examples."""
    credentials = base64.b64encode(b"me@example.com:correct horse").decode()
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Basic {credentials}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(request.encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


class Scribe:
    """A program that writes one expense with a receipt after the other, and keeps the ids that it was told."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.told: list[int] = []
        self.enough = threading.Event()
        self.changed = threading.Condition()

    def write(self) -> None:
        while not self.enough.wait(0.1):  # others have work to do, too
            answer = self.session.post(
                "/api/v1.0/expense/", data={"q": "lunch 45 #clientx"}, files={"receipt": ("receipt.png", PIXEL)}
            )
            with self.changed:
                self.told.append(answer.json()["id"])
                self.changed.notify_all()

    def wait_for(self, more: int) -> int:
        """Return how many were told, once they are so many more than now."""
        with self.changed:
            until = len(self.told) + more
            assert self.changed.wait_for(lambda: len(self.told) >= until, timeout=300)
            return len(self.told)


def test_a_backup_as_printed_can_be_restored_as_printed(tmp_path: Path) -> None:
    """It is taken while somebody writes: what was acknowledged before is in it, and what came later up to a moment."""
    backing_up, restoring = section("Where data lives, and how to back it up").split("To restore")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").symlink_to(PROJECT / "manage.py")
    with start_server(tmp_path, DATABASE_URL="") as server:
        server.adduser("me@example.com", "correct horse")
        with People(server) as people:
            session = people.let_in(people.register("me@example.com"), "me@example.com")
        scribe = Scribe(session)
        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(scribe.write)
            try:
                before = scribe.wait_for(5)
                run_lines(backing_up, server)
                scribe.wait_for(1)
            finally:
                scribe.enough.set()
            writing.result()

        server.stop()
        run_lines(restoring, server)
        server.start()

        listed = session.get("/api/v1.0/expenses/?report=*").json()
        ids = sorted(row["id"] for row in listed if row["type"] == "lunch")
        assert ids == scribe.told[: len(ids)]
        assert before <= len(ids) < len(scribe.told)
        for image in (row["receipt"]["image"] for row in listed if row["id"] in {ids[0], ids[-1]}):
            assert session.get(f"/static/xpenser/media/Receipts/{image}").headers["Content-Type"] == "image/png"
        key = (tmp_path / "data.old" / "secret_key").read_text()
        assert (server.data / "secret_key").read_text() == key
        assert (tmp_path / "xpenser.zip").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("title", ["### 2. The ports\n", "### 3. The certificate\n"])
def test_under_the_names_of_the_recipe_it_answers(title: str, tmp_path: Path) -> None:
    recipe = section("Point an old client at it").split(title)[1].split("\n### ")[0].replace("\\\n", "")
    (line,) = [line for line in commands(recipe) if line.endswith("make serve")]
    given = dict(word.split("=", 1) for word in shlex.split(line)[:-2])
    assert given["HOST"] == "0.0.0.0"
    chosen = {name: given[name] for name in ("PUBLIC_URL", "ALLOWED_HOSTS")}

    with start_server(tmp_path, **chosen) as server:
        server.adduser("me@example.com", "correct horse")

        for host in ("pi.local", "192.168.1.5", "xpenser.com"):
            assert got(server, "/api/expenses/", host).startswith(b"HTTP/1.0 200"), host
        assert got(server, "/api/expenses/", "elsewhere.example").startswith(b"HTTP/1.0 400")


def test_the_table_of_variables_is_whole() -> None:
    asked: set[str] = set()

    class Listening(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            asked.add(name)
            return default

    env.read(Listening())

    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", section("Variables"), re.MULTILINE))
    assert documented == asked == OWN_VARIABLES - {"DJANGO_SETTINGS_MODULE"}


def test_the_defaults_in_the_table_are_true() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", section("Variables"), re.MULTILINE))
    numbers = {name: value for name, value in table.items() if value.isdigit()}

    assert env.read({**numbers, "HOST": table["HOST"], "SERVER_ZONE": table["SERVER_ZONE"]}) == env.read({})
    assert table["PUBLIC_URL"].replace("PORT", table["PORT"]) == env.read({}).public_url


@pytest.mark.parametrize("name", ["MAX_UPLOAD_BYTES", "MAX_RECEIPT_BYTES", "MAX_RECEIPT_PIXELS"])
def test_the_limits_in_the_table_are_true(name: str) -> None:
    ((least, most),) = re.findall(rf"^\| `{name}` .* from (\d+) to (\d+)", section("Variables"), re.MULTILINE)

    for within in (least, most):
        env.read({name: within})
    for beyond in (int(least) - 1, int(most) + 1):
        with pytest.raises(env.BadEnvironment):
            env.read({name: str(beyond)})


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/server.md",
        "docs/design.md",
        "docs/deploying.md",
        "docs/metrics.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    path = PROJECT / page

    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_every_pinned_dependency_has_its_reason() -> None:
    pinned = {
        re.split(r"[\[=]", line)[0]
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (PROJECT / name).read_text().splitlines()
        if "==" in line
    }
    table = Path(PROJECT, "docs", "dependencies.md").read_text()

    reasons = {name for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in row.strip().split(", ")}
    assert reasons - {"package", "---"} == pinned
