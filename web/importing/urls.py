"""The paths of imports, below ``import/``."""

from django.urls import path

from web.importing import listing, looking

urlpatterns = [
    path("", listing.imports, name="imports"),
    path("files/<id:number>/", looking.upload, name="upload"),
    path("<id:number>/undo/", listing.undo, name="import_undo"),
]
