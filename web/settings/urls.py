"""The paths of what a person sets for his ledger, below ``settings/``."""

from django.urls import path, re_path

from web.ids import ID
from web.settings import profile, rates, tags, types

_NUMBER = f"(?P<number>{ID})"
_DAY = "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("currency/", profile.currency, name="base_currency"),
    path("rates/", rates.rates, name="rates"),
    path("rates/mileage/", rates.mileage_rate, name="mileage_rate"),
    path("rates/currency/", rates.currency_rate, name="currency_rate"),
    re_path(rf"^rates/(?P<what>mi|km|[A-Z]{{3}})/{_DAY}/remove/\Z", rates.rate_remove, name="rate_remove"),
    path("types/", types.types, name="types"),
    re_path(rf"^types/{_NUMBER}/\Z", types.type_edit, name="type"),
    re_path(rf"^types/{_NUMBER}/name/\Z", types.type_name, name="type_name"),
    re_path(rf"^types/{_NUMBER}/merge/\Z", types.type_into, name="type_into"),
    path("categories/", types.category_new, name="category_new"),
    re_path(rf"^categories/{_NUMBER}/\Z", types.category_edit, name="category"),
    re_path(rf"^categories/{_NUMBER}/delete/\Z", types.category_delete, name="category_delete"),
    path("tags/", tags.tags, name="tags"),
    re_path(rf"^tags/{_NUMBER}/\Z", tags.tag_edit, name="tag"),
    re_path(rf"^tags/{_NUMBER}/merge/\Z", tags.tag_into, name="tag_into"),
    re_path(rf"^tags/{_NUMBER}/delete/\Z", tags.tag_cut, name="tag_cut"),
]
