"""The paths of the operator, below ``operator/``."""

from django.urls import URLPattern, path, re_path

from web.ids import ID
from web.operator import failures, health, invitations, mail, people, storage
from web.operator.guard import View, operators_only
from web.operator.tables import tables

_NUMBER = f"(?P<number>{ID})"
_PERSON = f"people/{_NUMBER}/"


def page(route: str, view: View, name: str) -> URLPattern:
    return re_path(rf"^{route}\Z", operators_only(view), name=name)


urlpatterns = [
    page("", people.people, "people"),
    page(_PERSON, people.person, "person"),
    page(rf"{_PERSON}(?P<action>{people.ACTIONS})/", people.act, "person_act"),
    page("failures/", failures.failures, "failures"),
    path("admin/", tables.urls),
    page("mail/", mail.mail, "operator_mail"),
    page("storage/", storage.storage, "storage"),
    page("health/", health.health, "health"),
    page("invitations/", invitations.invitations, "invitations"),
    page(f"invitations/{_NUMBER}/withdraw/", invitations.withdraw, "invitation_withdraw"),
]
