"""The paths of OAuth 2.0, with a slash at the end or without; what else is below /oauth is others'."""

from django.urls import re_path

from api.oauth2 import views

urlpatterns = [
    re_path(r"^oauth/token/?\Z", views.token),
    re_path(r"^oauth/revoke/?\Z", views.revoke),
    re_path(r"^oauth/introspect/?\Z", views.introspect),
    re_path(r"^\.well-known/oauth-authorization-server/?\Z", views.metadata),
]
