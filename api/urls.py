"""The wires."""

from django.urls import include, path, re_path

from api.v1.views import ReceiptImageView

urlpatterns = [
    re_path(r"^api/v1\.0(?:/|$)", include("api.v1.urls")),
    re_path("^api(?:/|$)", include("api.classic.urls")),
    path("static/xpenser/media/Receipts/<path:image>", ReceiptImageView.as_view()),
]
