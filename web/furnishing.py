"""What every page needs to know: the organization, its languages and where the reader is."""

from typing import TypedDict

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject

from ledger.models import LegalEntity


class Furniture(TypedDict):
    entity: object
    other_language: str
    other_url: str


def organization(request: HttpRequest) -> Furniture:
    """The first legal entity speaks for the house; the other language is the same page in it."""
    other = "ko" if getattr(request, "LANGUAGE_CODE", "en") == "en" else "en"
    return {
        "entity": SimpleLazyObject(lambda: LegalEntity.objects.order_by("id").first()),
        "other_language": other,
        "other_url": translate_url(request.get_full_path(), other),
    }
