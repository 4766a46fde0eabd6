"""What every page needs to know: whose page it is, its languages and where the reader is."""

from typing import TypedDict

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject

from ledger.models import LegalEntity


class Receiver(TypedDict):
    """Whose name stands above a page, and the bodies that answer for it below."""

    entity: object
    bodies: object


class Furniture(Receiver):
    other_language: str
    other_url: str


def organization(request: HttpRequest) -> Furniture:
    """The first legal entity speaks for the house, and all of them answer for its common pages.

    A page about one gift, campaign or receiver says `of(...)` instead. The other language is the same page in it.
    """
    other = "ko" if getattr(request, "LANGUAGE_CODE", "en") == "en" else "en"
    bodies = SimpleLazyObject(lambda: list(LegalEntity.objects.order_by("id")))
    return {
        "entity": SimpleLazyObject(lambda: next(iter(bodies), None)),
        "bodies": bodies,
        "other_language": other,
        "other_url": translate_url(request.get_full_path(), other),
    }


def of(entity_id: int | None) -> Receiver | dict[str, object]:
    """This function will return what a page of one body adds; nothing where no body receives, as on a closed page."""
    if entity_id is None:
        return {}
    entity = SimpleLazyObject(lambda: LegalEntity.objects.get(pk=entity_id))
    return Receiver(entity=entity, bodies=[entity])


def house() -> LegalEntity | None:
    """This function will return who speaks where no single body is meant: the one entered first."""
    return LegalEntity.objects.order_by("id").first()
