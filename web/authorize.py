"""One address for both OAuths, as programs of both have it: what is asked decides which is spoken."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from web.oauth1 import oauth1_authorize
from web.oauth2 import oauth2_authorize
from web.signin import at_home


@login_not_required  # first of all it is said under which name people sign in
@at_home
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person whether to let a program in; who is not signed in does so first, and is then asked."""
    return oauth1_authorize(request) if "oauth_token" in request.GET else oauth2_authorize(request)
