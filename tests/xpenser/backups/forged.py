"""Archives put together by hand: small ones, and ones that no backup would write."""

import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from xpenser.backups.taking import key_mark

KEY = b"a-secret-key-of-the-operators-own-making"
IMAGE = "1/0a1b2c3d-0000-4000-8000-000000000000.PNG"
TABLES = {"django_content_type": (["id", "app_label", "model"], b'[1,"expenses","tag"]\n[2,"expenses","timer"]\n')}
MIGRATIONS = [["contenttypes", "0001_initial"], ["contenttypes", "0002_remove_content_type_name"]]


def part(content: bytes) -> list[Any]:
    return [len(content), sha256(content).hexdigest()]


def manifest(parts: Mapping[str, bytes], **said: Any) -> bytes:
    """Return the manifest of parts, as a backup of these would write it, but for what is ``said`` otherwise."""
    tables = {
        name: {
            "columns": columns, "rows": parts[f"tables/{name}.jsonl"].count(b"\n"), "next_id": 3,
            **dict(zip(("size", "sha256"), part(parts[f"tables/{name}.jsonl"]), strict=True)),
        }
        for name, (columns, _) in TABLES.items()
    }  # fmt: skip
    whole = {
        "format": 1, "made": "2026-11-20T12:00:00+00:00", "database": "sqlite", "migrations": MIGRATIONS,
        "tables": tables, "receipts": part(parts["receipts.jsonl"]), "files": 1, "missing": 0, "damaged": 0,
        "keys": {name.removeprefix("keys/"): part(parts[name]) for name in parts if name.startswith("keys/")},
        "key_marks": [key_mark(KEY.decode())],
    }  # fmt: skip
    return json.dumps({**whole, **said}).encode()


def good() -> dict[str, bytes]:
    """Return the parts of a small archive, without its manifest."""
    picture = b"a picture"
    return {
        **{f"tables/{name}.jsonl": lines for name, (_, lines) in TABLES.items()},
        f"receipts/{IMAGE}": picture,
        "receipts.jsonl": json.dumps([IMAGE, *part(picture)]).encode() + b"\n",
        "keys/secret_key": KEY,
    }


def written(path: Path, parts: Mapping[str, bytes], **said: Any) -> Path:
    """Write an archive; its manifest is the true one, but for what is ``said``, and where the parts bring their own."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {**parts, "manifest.json": parts.get("manifest.json") or manifest(parts, **said)}.items():
            file.writestr(name, content)
    return path
