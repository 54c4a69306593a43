"""The paths of the operator, below ``operator/``."""

from django.urls import URLPattern, path

from web.operator import failures, health, invitations, mail, people, storage
from web.operator.guard import View, operators_only
from web.operator.tables import tables

_PERSON = "people/<id:number>/"


def page(route: str, view: View, name: str) -> URLPattern:
    return path(route, operators_only(view), name=name)


urlpatterns = [
    page("", people.people, "people"),
    page(_PERSON, people.person, "person"),
    page(f"{_PERSON}<slug:action>/", people.act, "person_act"),
    page("failures/", failures.failures, "failures"),
    path("admin/", tables.urls),
    page("mail/", mail.mail, "operator_mail"),
    page("storage/", storage.storage, "storage"),
    page("health/", health.health, "health"),
    page("invitations/", invitations.invitations, "invitations"),
    page("invitations/<id:number>/withdraw/", invitations.withdraw, "invitation_withdraw"),
]
