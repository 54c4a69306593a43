"""The wires."""

from django.urls import include, path, re_path

from api.reference import views as reference
from api.v1.views import ReceiptImageView

urlpatterns = [
    re_path(r"^api/v1\.0(?:/|$)", include("api.v1.urls")),
    path("", include("api.oauth2.urls")),
    re_path(r"^api/schema/?\Z", reference.schema, name="api_schema"),
    path("help/api/", reference.reference, name="api_reference"),
    re_path("^api/oauth(?:/|$)", include("api.classic.urls")),  # where the old service took OAuth (wire §1.1)
    re_path("^api(?:/|$)", include("api.classic.urls")),
    path("oauth/", include("api.oauth1.urls")),
    re_path(r"^static/xpenser/media/Receipts/(?P<image>[\s\S]*)\Z", ReceiptImageView.as_view(), name="receipt_image"),
    re_path(r"^static/xpenser/media/Receipts\Z", ReceiptImageView.as_view()),
]
