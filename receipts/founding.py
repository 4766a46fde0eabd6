"""Founding: a legal entity becomes an issuer of receipts, under the law of its country."""

from datetime import datetime

from ledger.models import LegalEntity
from receipts.models import Issuer
from receipts.rules import choosing


def found(*, entity: LegalEntity, now: datetime) -> Issuer:
    """Make the issuer of an entity that has none: exempt and open, registered under its own name and address.

    What its law asks beyond that (a legal basis, a place, the code of its gifts) a person enters. Raises
    `choosing.NoLaw` for a country whose law we do not know. This function will return the issuer, new or known.
    """
    law = choosing.law_of(country=entity.country).CODE
    known, _ = Issuer.objects.get_or_create(
        entity=entity,
        defaults={
            "law": law,
            "is_exclusively_religious": entity.is_religious,
            "registered_name": entity.legal_name,
            "registered_address": entity.address,
            "changed_at": now,
        },
    )
    return known
