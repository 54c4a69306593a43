"""The paths of OAuth 1.0, but for those of its page."""

from api.oauth1 import views
from api.paths import route

urlpatterns = [
    route("request_token", views.RequestTokenView),
    route("access_token", views.AccessTokenView),
]
