"""Receipts in a bucket of a storage that speaks S3, which several machines share. Nothing else is loaded for a folder.

A request to it is signed (version 4), with the hash of what it brings; it is tried twice. Objects go and come by one
request each, so there is never a part of one; what comes passes through a file and not through memory.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import uuid4

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from expenses.files import NAME, FilesAway, Listed

logger = logging.getLogger(__name__)

# In seconds: who waits holds a thread.
_CONNECT, _ANSWER = 3, 15
_TRIES: Final = 2
# Above what a receipt may have: in parts, one that broke off would leave some behind, unseen and paid for.
_ONE_REQUEST: Final = 1 << 32
_CONNECTIONS: Final = 64
_IN_MEMORY: Final = 1 << 16
_HELD: Final = ".held/"
_REMOVED: Final = ".removed/"
_LONGEST_BACKUP: Final = timedelta(days=1)


class ReceiptBucket(S3Storage):  # type: ignore[misc]  # it has no types
    """What lies in a bucket below one prefix. Its client is shared by all threads, and not by forked processes."""

    def __init__(self, *, addressing_style: str, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style, "payload_signing_enabled": True},
            connect_timeout=_CONNECT,
            read_timeout=_ANSWER,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            max_pool_connections=_CONNECTIONS,
            # What is signed has its hash; checksums besides, which are newer, not every storage knows.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        transfer = TransferConfig(multipart_threshold=_ONE_REQUEST, use_threads=False)
        super().__init__(client_config=config, transfer_config=transfer, **options)
        # One for each thread, as the library makes them, would take 10 MB and a tenth of a second each.
        self._shared = self._create_session().resource(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=config
        )
        self._client = self._shared.meta.client

    @property
    def connection(self) -> Any:
        return self._shared

    def prepare(self) -> None:
        """Write an object, read, list and remove it."""
        name = f".tried-{uuid4().hex}"
        self.save(name, ContentFile(b"tried"))
        try:
            self.open(name).close()
            self._is_held()
        finally:
            self.delete(name)

    def _save(self, name: str, content: IO[bytes]) -> str:
        with _asked():
            return str(super()._save(name, content))

    def put(self, name: str, content: IO[bytes]) -> None:
        self.save(name, content)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """Return a file that has come whole: what breaks on the way does so before anybody is answered.

        A reader who is slow holds no connection then.
        """
        spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever takes it closes it
        try:
            with _asked():
                found = self._client.get_object(Bucket=self.bucket_name, Key=f"{self.location}/{name}")
                with closing(found["Body"]) as body:
                    shutil.copyfileobj(body, spool, _IN_MEMORY)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return File(spool, name)

    def delete(self, name: str) -> None:
        with _asked():
            super().delete(name)

    def listed(self, owner: str = "") -> Iterator[Listed]:
        return (each for each in self._below(f"{owner}/" if owner else "") if NAME.fullmatch(each.name))

    def _below(self, start: str) -> Iterator[Listed]:
        """Give what has names that begin so, whatever it is."""
        prefix = f"{self.location}/"
        pages = iter(
            self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix + start)
        )
        while True:
            with _asked():
                page = next(pages, None)
            if page is None:
                return
            for found in page.get("Contents", ()):
                yield Listed(found["Key"].removeprefix(prefix), found["Size"], found["LastModified"])

    def remove(self, name: str) -> None:
        if self._is_held():
            self.save(_REMOVED + name, ContentFile(b""))
            if self._is_held():  # whoever holds it lists what is to go after that
                return
            self.delete(_REMOVED + name)
        self.delete(name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep files as ``ReceiptFiles`` says, for all machines: a mark in the bucket says so.

        The row of what is removed is gone before anybody looks for marks, and rows are read when the mark is there. One
        that a backup which died has left counts for a day. What could not be removed at the end has no row.
        """
        mark = f"{_HELD}{uuid4()}"
        self.save(mark, ContentFile(b""))
        try:
            yield
        finally:
            try:
                self.delete(mark)
                self._removed_go()
            except FilesAway:  # which is told already, and a backup is not to fail for it
                logger.error("receipts that were removed during a backup are still there")  # noqa: TRY400

    def _removed_go(self) -> None:
        if self._is_held():  # by another backup
            return
        for each in self._below(_REMOVED):
            self.delete(each.name.removeprefix(_REMOVED))
            self.delete(each.name)

    def _is_held(self) -> bool:
        since = datetime.now(UTC) - _LONGEST_BACKUP
        return any(mark.modified > since for mark in self._below(_HELD))


@contextmanager
def _asked() -> Iterator[None]:
    """Raise FileNotFoundError where there is no such object, and FilesAway for whatever else goes wrong."""
    try:
        yield
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        if code == "NoSuchKey":
            raise FileNotFoundError from None
        raise _away(problem.operation_name, code) from problem
    except BotoCoreError as problem:
        raise _away(type(problem).__name__) from problem


def _away(*said: str) -> FilesAway:
    why = ": ".join(said)
    logger.error("The storage of receipts can't be used: %s", why)
    return FilesAway(why)
