"""Opening accounts: which accounts at which banks there are. Only the last digits of a number are kept."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from books.models import BankLine
from donors import refusing
from ledger import money
from ledger.models import LegalEntity
from payments.models import BankAccount
from staff import auditing
from staff.models import User


class UnableToOpen(ValueError):
    """`code` says why, `field` where: `name`, `taken`, `currency`, `digits`, `used`, `resident_number`."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of an account."""

    entity: LegalEntity
    name: str
    currency: str
    last4: str
    format: str
    is_open: bool = True


def keep(*, account_id: int | None, told: Account, actor: User, now: datetime) -> BankAccount:
    """Add an account, or change one. Its body and currency stay once it has lines. Raises UnableToOpen.

    This function will return the account.
    """
    name, last4 = " ".join(told.name.split()), told.last4.strip().upper()
    _check(told, name, last4)
    try:
        with transaction.atomic():
            account = (
                BankAccount.objects.select_for_update().get(pk=account_id)
                if account_id is not None
                else BankAccount(added_at=now)
            )
            if account_id is not None and _moves(account, told):
                raise UnableToOpen("used", "currency")
            account.entity, account.name, account.currency = told.entity, name, told.currency
            account.last4, account.format, account.is_open = last4, told.format, told.is_open
            account.save()
            auditing.record(
                actor=actor,
                action="bank_account.kept",
                target=f"bank_account:{account.pk}",
                details={"name": name, "last4": last4, "format": told.format, "open": told.is_open},
                now=now,
            )
    except IntegrityError as error:
        raise UnableToOpen("taken", "name") from error
    return account


def _check(told: Account, name: str, last4: str) -> None:
    if not name or len(name) > 120:
        raise UnableToOpen("name", "name")
    if refusing.is_held_by(name):
        raise UnableToOpen("resident_number", "name")
    if told.currency not in money.CURRENCIES:
        raise UnableToOpen("currency", "currency")
    if last4 and not re.fullmatch(r"[0-9A-Z]{2,4}", last4, re.ASCII):
        raise UnableToOpen("digits", "last4")


def _moves(account: BankAccount, told: Account) -> bool:
    is_same = (account.entity_id, account.currency) == (told.entity.pk, told.currency)
    return not is_same and BankLine.objects.filter(bank_account=account).exists()
