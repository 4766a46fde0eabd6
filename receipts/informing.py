"""Informing: what the law is told of the body that issues and of the donor, and which figures the body may use."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.db.models import Sum

from donors.models import Donor
from ledger.money import Money
from receipts import freezing
from receipts.models import FigureConfirmation, Issuer, PriorTotal, ReceiptTotal
from receipts.rules import choosing, confirming, parameters, shapes


def book_of(issuer: Issuer) -> parameters.Book:
    """This function will return the figures of the law with what this body's accountant has confirmed."""
    book = parameters.SHIPPED
    for row in FigureConfirmation.objects.filter(issuer=issuer).order_by("id"):
        at = datetime.combine(row.confirmed_on, time(), tzinfo=UTC)
        book = confirming.confirmed(book=book, figure=row.figure, year=row.year, by=row.confirmed_by, at=at)
    return book


def prior_receipts(*, issuer: Issuer, tax_year: int) -> Money | None:
    """What the body receipted in the year before (KR-11): what its books say, and what we issued for it.

    This function will return the sum, or None when neither is known.
    """
    currency = choosing.law_of(country=issuer.law).CURRENCY
    told = PriorTotal.objects.filter(issuer=issuer, year=tax_year - 1, currency=currency).first()
    standing = ReceiptTotal.objects.filter(
        receipt__series__entity=issuer.entity,
        receipt__tax_year=tax_year - 1,
        receipt__voiding__isnull=True,
        currency=currency,
    )
    issued = standing.aggregate(sum=Sum("total_minor"))["sum"]
    if told is None and issued is None:
        return None
    return Money((told.total_minor if told else 0) + (issued or 0), currency)


def entity_facts(issuer: Issuer, *, prior: Money | None) -> shapes.EntityFacts:
    """This function will return what the law is told of the body that issues."""
    entity = issuer.entity
    return shapes.EntityFacts(
        country=issuer.law,
        legal_name=entity.legal_name,
        registration=entity.registration,
        address=tuple(entity.address.splitlines()),
        registered_name=issuer.registered_name,
        registered_address=tuple(issuer.registered_address.splitlines()),
        is_501c3=issuer.is_tax_exempt,
        is_exclusively_religious=issuer.is_exclusively_religious,
        is_dgr=issuer.is_tax_exempt,
        legal_basis=issuer.legal_basis,
        legal_basis_code=issuer.legal_basis_code,
        form=issuer.form or "45-2",
        prior_receipts=prior,
        facsimile_conditions=frozenset(issuer.facsimile_conditions),
    )


def donor_facts(donor: Donor) -> shapes.DonorFacts:
    """What the law is told of the donor. A person's number is entered in Hometax by the body, never here (KR-13).

    This function will return the facts.
    """
    is_person = donor.kind != Donor.Kind.ORGANIZATION
    return shapes.DonorFacts(
        name=donor.name,
        is_person=is_person,
        first_name=donor.first_name,
        initial=donor.initial,
        last_name=donor.last_name,
        address=tuple(freezing.address_of(donor)),
        business_number=donor.business_number,
        gives_number_to_hometax=is_person,
    )
