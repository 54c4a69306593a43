"""Every door of the house."""

from django.urls import include, path

urlpatterns = [
    path("", include("api.urls")),
    path("", include("web.urls")),
]
handler404 = "web.failing.missing"
handler500 = "web.failing.failed"
