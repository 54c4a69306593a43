from collections.abc import Sequence

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from expenses.events import receipts_came


class XpenserConfig(AppConfig):
    name = "xpenser"

    def ready(self) -> None:
        """Register the system checks, and see that tasks have somewhere to go: else whoever plans one would fail."""
        from xpenser import checks  # registering them is what importing does  # noqa: F401, PLC0415

        tasks_backend_check()
        receipts_came.connect(_smalls_order)


def _smalls_order(*, images: Sequence[str], **sent: object) -> None:
    """Have small pictures made of receipts that have come."""
    from xpenser.tasks import smalls_order  # most commands need no tasks, and they take long to load  # noqa: PLC0415

    smalls_order(images)


def tasks_backend_check() -> None:
    """Raise BadEnvironment unless TASKS_BACKEND names a class of django-tasks' that can be made as it is."""
    # Not at the top: apps are loaded with this module, and before them no model is.
    from django_tasks import task_backends  # noqa: PLC0415
    from django_tasks.backends.base import BaseTaskBackend  # noqa: PLC0415
    from django_tasks.exceptions import InvalidTaskBackendError  # noqa: PLC0415

    from xpenser.env import BadEnvironment  # noqa: PLC0415

    name = f"TASKS_BACKEND={task_backends.settings['default']['BACKEND']!r}"
    try:
        backend: object = task_backends["default"]
    except (InvalidTaskBackendError, ImproperlyConfigured, ImportError, TypeError) as problem:
        raise BadEnvironment([f"{name}: no backend of tasks can be made of it: {problem}"]) from None
    if not isinstance(backend, BaseTaskBackend):
        raise BadEnvironment([f"{name}: this is no backend of django-tasks (BaseTaskBackend)"])
