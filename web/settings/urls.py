"""The paths of what a person sets for his ledger, below ``settings/``."""

from django.urls import path, re_path

from web.coming_in.closing import close
from web.settings import data, profile, rates, tags, types
from web.signin import at_home

_DAY = "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("currency/", profile.currency, name="base_currency"),
    path("rates/", rates.rates, name="rates"),
    path("rates/mileage/", rates.mileage_rate, name="mileage_rate"),
    path("rates/currency/", rates.currency_rate, name="currency_rate"),
    re_path(rf"^rates/(?P<what>mi|km|[A-Z]{{3}})/{_DAY}/remove/\Z", rates.rate_remove, name="rate_remove"),
    path("types/", types.types, name="types"),
    path("types/<id:number>/", types.type_edit, name="type"),
    path("types/<id:number>/name/", types.type_name, name="type_name"),
    path("types/<id:number>/merge/", types.type_into, name="type_into"),
    path("categories/", types.category_new, name="category_new"),
    path("categories/<id:number>/", types.category_edit, name="category"),
    path("categories/<id:number>/delete/", types.category_delete, name="category_delete"),
    path("tags/", tags.tags, name="tags"),
    path("tags/<id:number>/", tags.tag_edit, name="tag"),
    path("tags/<id:number>/merge/", tags.tag_into, name="tag_into"),
    path("tags/<id:number>/delete/", tags.tag_cut, name="tag_cut"),
    path("data/", data.data, name="data"),
    path("data/archive/", data.archive_new, name="archive_new"),
    path("data/archive/remove/", data.archive_remove, name="archive_remove"),
    path("data/archive.zip", data.archive, name="archive"),
    path("data/close/", at_home(close), name="close"),
]
