"""A real S3 server of a test's own: the process of ``tests.s3_process``."""

import secrets
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.error import HTTPError, URLError
from urllib.parse import quote

import boto3

from tests.callers import eventually
from tests.live import PROJECT, free_port
from tests.s3_process import REGION

BUCKET: Final = "ledgers"


class S3Server:
    """``url`` is what RECEIPTS_S3 takes, of a bucket that is there and empty; ``client`` looks behind."""

    def __init__(self, folder: Path) -> None:
        self.port, self.key, self.secret = free_port(), "LEDGER", f"{secrets.token_hex(16)}/+"
        self.url = f"http://{self.key}:{quote(self.secret, '')}@127.0.0.1:{self.port}/{BUCKET}/of/ours?region={REGION}"
        self._log = folder / "s3.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.s3_process", str(self.port), self.key, self.secret],
                cwd=PROJECT, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            assert eventually(self._answers), self._log.read_text()
            self.client = boto3.client(
                "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name=REGION,
                aws_access_key_id=self.key, aws_secret_access_key=self.secret,
            )  # fmt: skip
            self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        except BaseException:
            self.kill()
            raise
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/").close()
        except HTTPError:  # it refuses, as nothing was signed
            return True
        except URLError:
            return False
        message = "it lets anybody in"
        raise AssertionError(message)

    def names(self) -> list[str]:
        """Return what is in the bucket."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    def content(self, name: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        return content

    def empty(self) -> None:
        for name in self.names():
            self.client.delete_object(Bucket=BUCKET, Key=name)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
