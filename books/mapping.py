"""The account map: what our accounts are called by the program of an accountant, fund by fund where it matters.

A row with a fund wins over the one for all funds. Our own codes stand where nobody wrote anything, for our own table
and for beancount; every other program has its own accounts, and nothing goes out while one of ours has no name there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from books.journals import beancount, intacct, neutralizing, quickbooks_desktop
from books.journals.shapes import Name
from books.models import AccountMap, Target
from donors import refusing
from ledger.models import Account, Fund, LegalEntity
from paper import tabulating
from staff import auditing
from staff.models import User

Pair = tuple[int, int]
"""An account and a fund by their keys."""
LONGEST = {"code": 60, "name": 120, "class_name": 120, "location": 120, "tax": 60}


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody wrote for an account."""

    code: str
    name: str = ""
    class_name: str = ""
    location: str = ""
    tax: str = ""


class UnableToMap(ValueError):
    """A text cannot be used; `field` says which, `code` why: `empty`, `long`, `breaks`, `formula`, `resident`,
    `letters` (the program cannot write it), `account` (no beancount account), `digits` or `dimension` (no column of
    Intacct).
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


def check(*, target: str, given: Given) -> None:
    """This function will do nothing for what can be used as it is. Raises UnableToMap."""
    if not given.code:
        raise UnableToMap("code", "empty")
    for field, text in asdict(given).items():
        if code := _general(field, text) or _special(target, field, text):
            raise UnableToMap(field, code)


def _general(field: str, text: str) -> str:
    if len(text) > LONGEST[field]:
        return "long"
    if neutralizing.plain(text) != text:
        return "breaks"
    if tabulating.guarded(text) != text:
        return "formula"
    return "resident" if refusing.is_held_by(text) else ""


def _special(target: str, field: str, text: str) -> str:
    if target == Target.QUICKBOOKS_DESKTOP and _is_lost(text):
        return "letters"
    if target == Target.BEANCOUNT and field == "code" and not beancount.ACCOUNT.fullmatch(text):
        return "account"
    if target == Target.INTACCT and field == "class_name" and not _are_dimensions(text):
        return "dimension"
    is_number = text.isascii() and text.isdecimal()
    if target == Target.SAGE_50 and field in {"code", "class_name"} and text and not is_number:
        return "digits"
    return ""


def _are_dimensions(text: str) -> bool:
    try:
        intacct.dimensions(text)
    except ValueError:
        return False
    return True


def _is_lost(text: str) -> bool:
    try:
        return text.encode(quickbooks_desktop.ENCODING) != quickbooks_desktop.field(text).encode(
            quickbooks_desktop.ENCODING
        )
    except UnicodeEncodeError:
        return True


_OCCURRING = """
SELECT a.id, f.id FROM ledger_account a CROSS JOIN ledger_fund f
 WHERE f.entity_id = %s AND EXISTS (SELECT 1 FROM ledger_line l WHERE l.account_id = a.id AND l.fund_id = f.id)
 ORDER BY a.code, f.code
"""


def occurring(*, entity: LegalEntity) -> list[Pair]:
    """This function will return every account with every fund that a line of the entity's books ever had, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_OCCURRING, [entity.pk])
        return list(cursor.fetchall())


def rows(*, entity: LegalEntity, target: str) -> QuerySet[AccountMap]:
    """This function will return what is written for a target, by account; the row for all funds comes first."""
    return (
        AccountMap.objects.filter(entity=entity, target=target)
        .select_related("account", "fund", "changed_by")
        .order_by("account__code", "fund__code", "id")
    )


def names(*, entity: LegalEntity, target: str, pairs: Iterable[Pair]) -> dict[Pair, Name | None]:
    """This function will return what each account of each fund is called there; None is what nobody has named."""
    known = {(row.account_id, row.fund_id): row for row in rows(entity=entity, target=target)}
    accounts = {account.pk: account for account in Account.objects.all()}
    funds = {fund.pk: fund for fund in Fund.objects.filter(entity=entity)}
    found: dict[Pair, Name | None] = {}
    for account_id, fund_id in pairs:
        row = known.get((account_id, fund_id)) or known.get((account_id, None))
        account, fund = accounts[account_id], funds[fund_id]
        given = _given(row) if row else _own(target, account, fund)
        found[account_id, fund_id] = _named(account, fund, given) if given else None
    return found


def _given(row: AccountMap) -> Given:
    return Given(row.code, row.name, row.class_name, row.location, row.tax)


def _own(target: str, account: Account, fund: Fund) -> Given | None:
    if target == Target.GENERIC:
        return Given(account.code, account.name)
    if target == Target.BEANCOUNT:
        code = beancount.own_code(
            account=account.code, account_name=account.name, kind=account.kind, fund=fund.code
        )
        return Given(code, account.name)
    return None


def _named(account: Account, fund: Fund, given: Given) -> Name:
    return Name(
        account.code, account.name, account.kind, fund.code, fund.restriction, *asdict(given).values()
    )


Wanted = Mapping[tuple[Account, Fund | None], Given | None]
"""What is to be written; None takes a row away."""


def write(*, entity: LegalEntity, target: str, wanted: Wanted, actor: User, now: datetime) -> int:
    """Write rows of the map, all or none. Raises UnableToMap.

    What was handed over keeps the names of its day. This function will return how many rows changed.
    """
    for given in wanted.values():
        if given is not None:
            check(target=target, given=given)
    with transaction.atomic():
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
        key = {"entity": entity, "target": target}
        changed = sum(
            _write({**key, "account": account, "fund": fund}, given, actor=actor, now=now)
            for (account, fund), given in wanted.items()
        )
        if changed:
            auditing.record(
                actor=actor,
                action="journal map changed",
                target=f"entity:{entity.pk}",
                now=now,
                details={"target": target, "rows": changed},
            )
    return changed


def _write(key: dict[str, Any], given: Given | None, *, actor: User, now: datetime) -> bool:
    known = AccountMap.objects.filter(**key).first()
    if given is None:
        return bool(known and known.delete())
    if known is not None and _given(known) == given:
        return False
    values = {**asdict(given), "changed_by": actor, "changed_at": now}
    AccountMap.objects.update_or_create(**key, defaults=values)
    return True
