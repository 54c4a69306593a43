from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class WebConfig(AppConfig):
    name = "web"

    def ready(self) -> None:
        from web.coming_in.factors import factor_noted  # noqa: PLC0415 - there are no tables before

        for signal in (post_save, post_delete):
            signal.connect(factor_noted, sender="mfa.Authenticator")
