"""Banking: the accounts on which the demo's deposits arrive; somebody says later what their files hold."""

from collections.abc import Mapping
from datetime import datetime

from ledger.models import LegalEntity
from payments.models import BankAccount

ACCOUNTS = (
    ("US", "First Example Bank, checking", "USD", "4821"),
    ("KR", "예시은행 보통예금", "KRW", "9034"),
)


def write(*, bodies: Mapping[str, LegalEntity], now: datetime) -> None:
    """This function will add what is missing; what people changed stays."""
    for body, name, currency, last4 in ACCOUNTS:
        BankAccount.objects.get_or_create(
            entity=bodies[body],
            name=name,
            defaults={"currency": currency, "last4": last4, "added_at": now},
        )
