"""Asking whether a receipt stands: by the code on its paper or by its file, answered from the rows.

A code is 64 signed bytes: it cannot be guessed, so whoever has one holds the paper. The answer repeats less than the
paper shows: number, day, amount, issuer, and of the giver only first letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from receipts import publishing, sealing, verifying
from receipts.models import Seal, SealKey, SigningCertificate, SpoiledNumber
from receipts.publishing import Keys, Voided
from receipts.verifying import Answer


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a receipt stands now. Empty but for the answer when it is altered or not ours."""

    answer: Answer
    serial: str = ""
    issuer: str = ""
    issued_on: date | None = None
    amount: str = ""
    giver: str = ""
    void_on: date | None = None
    replaced_by: str = ""


def by_code(code: str, *, language: str) -> Standing:
    """`code` is what the QR code ends in. This function will return where its receipt stands."""
    signature = sealing.from_code(code)
    return Standing(Answer.UNKNOWN) if signature is None else _standing(signature, language=language)


def by_file(content: bytes, *, language: str) -> Standing:
    """This function will return where the receipt of a file stands, if every byte is as we issued it."""
    verdict = verifying.verify(content, keys=known_keys(), voids=None)
    if verdict.answer != Answer.VALID or verdict.seal is None:
        return Standing(verdict.answer)
    return _standing(verdict.seal.signature, language=language)


def _standing(signature: bytes, *, language: str) -> Standing:
    found = (
        Seal.objects.filter(signature=signature)
        .select_related("receipt__series__entity", "receipt__donor", "receipt__voiding")
        .first()
    )
    if found is None:
        return _spoiled(publishing.mark(signature))
    receipt = found.receipt
    voiding = getattr(receipt, "voiding", None)
    successor = getattr(receipt, "replaced_by", None)
    answer = Answer.VALID
    if voiding is not None:
        answer = Answer.REPLACED if successor else Answer.VOID
    return Standing(
        answer,
        serial=receipt.serial,
        issuer=receipt.series.entity.legal_name,
        issued_on=receipt.issued_on,
        amount=receipt.total.shown(language),
        giver=masked(receipt.donor.name),
        void_on=voiding.voided_on if voiding else None,
        replaced_by=successor.serial if successor else "",
    )


def _spoiled(mark: str) -> Standing:
    """A paper whose row was lost with a restored backup: we issued it, and know its number but not what it says."""
    spoiled = (
        SpoiledNumber.objects.exclude(seal_mark="")
        .filter(seal_mark=mark)
        .select_related("series__entity")
        .first()
    )
    if spoiled is None:
        return Standing(Answer.UNKNOWN)
    series = spoiled.series
    return Standing(
        Answer.VOID,
        serial=f"{series.prefix}{series.year}-{spoiled.number:06d}",
        issuer=series.entity.legal_name,
        void_on=_day(spoiled),
    )


def _day(spoiled: SpoiledNumber) -> date:
    return spoiled.series.entity.day_of(spoiled.spoiled_at)


def masked(name: str) -> str:
    """This function will return the first letter of each word and dots for the rest: "G• K•"."""
    return " ".join(f"{word[0]}•" for word in name.split())


def known_keys() -> Keys:
    """This function will return every public key and certificate that ever sealed or signed a receipt."""
    seals = {key.pk: bytes(key.public_key) for key in SealKey.objects.order_by("id")}
    return Keys(
        seals, tuple(SigningCertificate.objects.order_by("fingerprint").values_list("pem", flat=True))
    )


def void_receipts() -> Iterator[tuple[str, Voided]]:
    """Receipts that were voided, and papers whose numbers were lost with a restored backup.

    This function will yield the mark of each one's seal with when it stopped and what replaced it.
    """
    voided = (
        Seal.objects.filter(receipt__voiding__isnull=False)
        .select_related("receipt__voiding", "receipt__replaced_by__seal")
        .order_by("receipt_id")
    )
    for seal in voided.iterator(chunk_size=2000):
        successor = getattr(getattr(seal.receipt, "replaced_by", None), "seal", None)
        replaced_by = publishing.mark(bytes(successor.signature)) if successor else ""
        yield publishing.mark(bytes(seal.signature)), Voided(seal.receipt.voiding.voided_on, replaced_by)
    spoiled = SpoiledNumber.objects.exclude(seal_mark="").select_related("series__entity").order_by("id")
    for number in spoiled.iterator(chunk_size=2000):
        yield number.seal_mark, Voided(_day(number))
