import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import OWN_VARIABLES, PROJECT, LiveServer, start_server
from tests.tools import program
from xpenser import env

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
    assert len(examples) >= 10

    for example in examples:
        words = shlex.split(example.replace("localhost:8000", f"localhost:{reader.port}"))
        assert words[0] == "curl"
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--fail-with-body", *words[1:]],
            cwd=reader.folder, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"
        assert done.stdout or "DELETE" in example, example


def test_the_table_of_variables_is_whole() -> None:
    asked: set[str] = set()

    class Listening(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            asked.add(name)
            return default

    env.read(Listening())

    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", section("Variables"), re.MULTILINE))
    assert documented == asked == OWN_VARIABLES - {"DJANGO_SETTINGS_MODULE"}


def test_the_defaults_in_the_table_are_true() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", section("Variables"), re.MULTILINE))
    numbers = {name: value for name, value in table.items() if value.isdigit()}

    assert env.read({**numbers, "HOST": table["HOST"], "SERVER_ZONE": table["SERVER_ZONE"]}) == env.read({})
    assert table["PUBLIC_URL"].replace("PORT", table["PORT"]) == env.read({}).public_url


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/server.md"])
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
