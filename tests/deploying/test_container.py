"""Dockerfile and compose file, without an engine: linted, and their commands run in order in a folder of their own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.callers import eventually
from tests.live import OWN_VARIABLES, PROJECT, free_port
from tests.tools import program

pytestmark = pytest.mark.once
BESIDE = Path(sys.executable).parent


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (PROJECT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", "")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def test_the_linters_have_nothing_to_say() -> None:
    subprocess.run([BESIDE / "hadolint", "--failure-threshold", "style", "Dockerfile"], cwd=PROJECT, check=True)
    said = subprocess.run(
        [BESIDE / "compose-lint", "check", "--format", "json", "compose.yaml"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    # It wants a limit of cores, and where a machine has fewer the engine refuses to start.
    assert set(re.findall(r"CL-\d+", said)) == {"CL-0026"}


def test_what_it_serves_as_and_where() -> None:
    made, service = dict(instructions()), yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]["xpenser"]

    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", made["FROM"])
    assert made["USER"] == "10001:10001"
    assert service["volumes"] == [f"data:{made['VOLUME']}"]
    assert service["ports"] == [f"127.0.0.1:8000:{made['EXPOSE']}"]
    assert set(service["environment"]) <= OWN_VARIABLES


@pytest.mark.skipif(os.geteuid() != 0, reason="an image is built by root")
def test_its_commands_in_order(tmp_path: Path) -> None:
    """Packages are there already; all else is as in an engine: what .dockerignore lets in, and nothing else."""
    program("install")
    port = str(free_port())
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    environ = {**inherited, "PATH": f"{BESIDE}:{os.environ['PATH']}"}
    here = tmp_path
    commands: dict[str, list[str]] = {}
    for name, rest in instructions():
        placed = re.sub(r"(?<![\w/])/(data|app)\b", rf"{tmp_path}/\1", rest).replace("8000", port)
        match name:
            case "WORKDIR":
                here = Path(placed)
                here.mkdir()
            case "COPY":
                copy(placed.split(), here)
            case "RUN":
                subprocess.run(["sh", "-euc", placed], cwd=here, env=environ, check=True, stdout=subprocess.DEVNULL)
            case "ENV":
                environ |= dict(word.split("=", 1) for word in placed.split())
            case "HEALTHCHECK":
                commands[name] = json.loads(placed.partition("CMD ")[2])
            case "CMD":
                commands[name] = json.loads(placed)
    before = sorted(here.rglob("*"))
    assert (tmp_path / "data").stat().st_uid == 10001

    with (tmp_path / "log").open("w+") as log:
        serving = subprocess.Popen(commands["CMD"], cwd=here, env=environ, stdout=log, stderr=log)
        try:
            assert eventually(lambda: is_ready(commands["HEALTHCHECK"], here, environ)), (tmp_path / "log").read_text()
        finally:
            serving.send_signal(signal.SIGTERM)
            status = serving.wait(timeout=120)

    assert status == 0
    assert sorted(here.rglob("*")) == before  # it may stand on a disk that can't be written
    assert not is_ready(commands["HEALTHCHECK"], here, environ)


def copy(words: list[str], here: Path) -> None:
    if words != [".", "."]:
        shutil.copy(PROJECT / words[0], here)
        return
    ignored, *let_in = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line[:1] not in "#"]
    assert (ignored, let_in.pop()) == ("*", "**/__pycache__")
    for name in let_in:
        path = PROJECT / name.removeprefix("!")
        if path.is_dir():
            shutil.copytree(path, here / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, here)


def is_ready(command: list[str], here: Path, environ: dict[str, str]) -> bool:
    return subprocess.run(command, cwd=here, env=environ, capture_output=True, check=False).returncode == 0
