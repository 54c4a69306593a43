"""The paths of the operator, below ``operator/``."""

from django.urls import URLPattern, re_path

from web.ids import ID
from web.operator import people
from web.operator.guard import View, operators_only

_PERSON = f"people/(?P<number>{ID})/"


def page(route: str, view: View, name: str) -> URLPattern:
    return re_path(rf"^{route}\Z", operators_only(view), name=name)


urlpatterns = [
    page("", people.people, "people"),
    page(_PERSON, people.person, "person"),
    page(rf"{_PERSON}(?P<action>{people.ACTIONS})/", people.act, "person_act"),
]
