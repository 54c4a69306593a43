"""A task in the middle of which a worker can be killed."""

import time
from pathlib import Path

from django_tasks import task


@task()
def waits_once(folder: str) -> None:
    """Note that it was begun, and where that is the first time, wait until it may go on; note that it is done."""
    begun, go = Path(folder, "begun"), Path(folder, "go")
    is_first = not begun.exists()
    begun.touch()
    while is_first and not go.exists():
        time.sleep(0.01)
    Path(folder, "done").touch()
