"""The table of reports: folders that expenses are filed in. No rules: those are in services."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import InstantField
from reports.status import Status


class Report(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=800)
    route_key = models.CharField(max_length=800)
    status = models.CharField(max_length=1, choices=[(s.value, s.name.lower()) for s in Status], default=Status.ACTIVE)
    is_default = models.BooleanField(default=False)
    created = InstantField()
    modified = InstantField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name_key"], name="report_name_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="report_one_default"),
            models.CheckConstraint(condition=~Q(name=""), name="report_has_name"),
            models.CheckConstraint(condition=Q(status__in=list("USARPX")), name="report_status_known"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(status="U"), name="report_default_is_open"),
            models.CheckConstraint(condition=Q(modified__gte=F("created")), name="report_modified_after_created"),
        ]
