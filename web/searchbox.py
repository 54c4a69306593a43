"""What lets a browser write into the ledger: the description of its search box, and a bookmark that is a script.

Neither writes: one leads to the page that asks before it adds (design §4 "Foreign pages"), the other fills in the
entry line.
"""

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

TYPE: Final = "application/opensearchdescription+xml"
# What is selected, if there is a number in it; else the price that the page tells machines, and what is selected or its
# title. A new tab, unless the browser takes that for a pop-up.
_BOOKMARKLET: Final = (
    "javascript:(()=>{"
    "const told=names=>{const found=document.querySelector(names);"
    'return found?(found.content||found.textContent).trim():""},'
    "chosen=String(getSelection()).trim(),"
    """price=told('[itemprop=price],[property$="price:amount"]'),"""
    """currency=told('[itemprop=priceCurrency],[property$="price:currency"]'),"""
    "words=chosen||document.title,"
    r"""line=(/\d/.test(chosen)||!price?words:`shopping ${price} ${currency} ${words}`)"""
    r""".replace(/\s+/g," ").slice(0,500),"""
    "page=`%s/?line=${encodeURIComponent(line)}`;"
    "open(page)||(location=page)})()"
)


@login_not_required
@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search box that adds expenses (OpenSearch 1.1)."""
    return render(request, "opensearch.xml", {"here": settings.PUBLIC_URL}, content_type=TYPE)


def bookmarklet(here: str) -> str:
    """Return the address of the bookmark that opens the entry line of the server at ``here``."""
    return _BOOKMARKLET % here
