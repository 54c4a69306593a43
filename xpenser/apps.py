from django.apps import AppConfig


class XpenserConfig(AppConfig):
    name = "xpenser"

    def ready(self) -> None:
        from xpenser import checks  # registering them is what importing does  # noqa: F401, PLC0415
