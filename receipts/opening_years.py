"""Opening a year: which papers a donor has about a year of giving to one entity, and how each stands at this moment."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from donors.models import Donor
from receipts import reading
from receipts.models import Receipt, Voiding
from receipts.yearly_linking import Year

SUMMARY = "summary"
"""The name of the list that is no receipt; the name of every other paper is its number."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the year. `void` tells that it no longer stands; `replaces` is the number it follows."""

    name: str
    is_ready: bool
    void: Voiding | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """The bytes to hand out; the file's name holds the number or the year, never the donor."""

    filename: str
    content: bytes


def papers(year: Year) -> list[Paper]:
    """The annual receipts that stand; one that was voided without a successor, for its reader must hear of it; and,
    when single gifts have receipts of their own, the list of them all.

    This function will return them in that order, oldest number first; none at all for a year without papers.
    """
    told = [_paper(receipt) for receipt in _annual(year) if not _is_followed(receipt)]
    if _singles(year):
        told.append(Paper(SUMMARY, is_ready=True))
    return told


def receipt_file(*, year: Year, name: str) -> File | None:
    """One of the annual receipts of the year as a file, by the name that `papers` gave it.

    This function will return None for whatever is no such paper of this very year and donor.
    """
    for receipt in _annual(year):
        if receipt.serial == name and hasattr(receipt, "rendering") and not _is_followed(receipt):
            return File(reading.filename(receipt), reading.copy_of(receipt=receipt))
    return None


def _annual(year: Year) -> list[Receipt]:
    found = _receipts(year).filter(kind=Receipt.Kind.ANNUAL)
    return list(
        found.select_related("rendering", "voiding", "replaces", "replaced_by").order_by(
            "issued_at", "number"
        )
    )


def _is_followed(receipt: Receipt) -> bool:
    return hasattr(receipt, "voiding") and hasattr(receipt, "replaced_by")


def _singles(year: Year) -> bool:
    return valid(year).filter(kind=Receipt.Kind.SINGLE).exists()


def valid(year: Year) -> QuerySet[Receipt]:
    """This function will return the receipts of the year that stand, single and annual."""
    return _receipts(year).filter(voiding__isnull=True)


def _receipts(year: Year) -> QuerySet[Receipt]:
    return Receipt.objects.filter(
        donor__in=family(year.donor), series__entity=year.entity, tax_year=year.tax_year
    )


def family(donor: Donor) -> list[uuid.UUID]:
    """This function will return the ids whose papers are this donor's: their own, and of those merged into them."""
    known = [donor.pk]
    for pk in known:
        known += Donor.objects.filter(merged_into=pk).order_by("pk").values_list("pk", flat=True)
    return known


def _paper(receipt: Receipt) -> Paper:
    return Paper(
        receipt.serial,
        is_ready=hasattr(receipt, "rendering"),
        void=getattr(receipt, "voiding", None),
        replaces=receipt.replaces.serial if receipt.replaces else "",
    )
