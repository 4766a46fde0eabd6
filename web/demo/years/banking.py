"""Banking: the bank's own files, read by the columns somebody saved, and most of their lines explained."""

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from books import accepting, importing_statements, mapping_columns, suggesting
from books.accepting import Kind, Part
from books.mapping_columns import Columns
from books.models import BankLine, Statement
from campaigns.models import Campaign
from donations import counting_batches
from donations.models import Batch
from donors.models import Donor
from jobs import running
from payments.models import BankAccount, Payout
from staff.models import User
from web.demo.years import charging, people
from web.demo.years.calendar import LAST, Years
from web.demo.years.counting import id_of

AMERICAN = Columns(
    day="posting date",
    amount="amount",
    payer=("description",),
    reference=("memo",),
    balance="balance",
    date_order="mdy",
)
KOREAN = Columns(
    day="거래일시",
    money_out="출금액",
    money_in="입금액",
    payer=("보낸분/받는분",),
    reference=("적요",),
    balance="거래후잔액",
    date_order="ymd",
    encoding="cp949",
)
WIRE_MINOR, FEE_MINOR, INTEREST_MINOR = 15_00, 12_00, 3_87
WIRED = LAST - 2
"""The payout of this month came less a charge for the wire."""
SURE = 80


@dataclass(frozen=True)
class Said:
    """A line as the bank prints it."""

    on: date
    minor: int
    payer: str
    memo: str


def bank(
    *, years: Years, donors: Mapping[str, Donor], accounts: Mapping[str, BankAccount], actor: User
) -> None:
    """This function will read the files of both banks and explain what the books know already.

    The long past is one file, what came since the month before the last another: of that some lines are still open.
    """
    american, korean = accounts["US"], accounts["KR"]
    mapping_columns.keep(account_id=american.pk, columns=AMERICAN, actor=actor, now=years.at(years.first(0)))
    mapping_columns.keep(account_id=korean.pk, columns=KOREAN, actor=actor, now=years.at(years.first(0)))
    lines, border = _american(years), years.first(LAST - 1)
    past = [line for line in lines if line.on < border]
    _take(american, "past.csv", _file(past, opening=0), now=years.at(border + timedelta(days=2)), actor=actor)
    _explain(american, years=years, actor=actor)
    recent = [line for line in lines if line.on >= border]
    opening = sum(line.minor for line in past)
    _take(american, "recent.csv", _file(recent, opening=opening), now=years.at(years.today, 8), actor=actor)
    _explain(american, years=years, actor=actor)
    _take(korean, "예시은행.csv", _korean(years), now=years.at(years.today, 8), actor=actor)
    _name_givers(korean, donors, years=years, actor=actor)


def _american(years: Years) -> list[Said]:
    """What the bank saw: every deposit and payout, its own charges, interest, and two transfers nobody explained."""
    found = []
    for batch in Batch.objects.filter(status=Batch.Status.POSTED).order_by("deposit_on", "number"):
        minor = counting_batches.of(batch=batch).to_bank.minor
        found.append(Said(batch.deposit_on, minor, "DEPOSIT", f"BRANCH {4200 + batch.number}"))
    for payout in charging.paid_out(before=years.today):
        cut = WIRE_MINOR if _is_wired(payout, years) else 0
        found.append(
            Said(
                payout.arrives_on, payout.amount_minor - cut, "STRIPE", f"TRANSFER {payout.ref[-6:].upper()}"
            )
        )
    for month in range(LAST - 3, LAST):
        found.append(Said(years.last(month), -FEE_MINOR, "SERVICE CHARGE", "MONTHLY FEE"))
    found.append(Said(years.last(LAST - 1), INTEREST_MINOR, "INTEREST", "INTEREST PAID"))
    found.append(Said(years.first(LAST - 1) + timedelta(days=20), 175_00, "JOSEPH LANE", "GIFT"))
    found.append(
        Said(years.first(LAST - 1) + timedelta(days=24), 90_00, "ONLINE TRANSFER 7781", "NO NAME GIVEN")
    )
    return sorted((line for line in found if years.is_past(line.on)), key=lambda line: line.on)


def _is_wired(payout: Payout, years: Years) -> bool:
    return years.first(WIRED) <= payout.arrives_on <= years.last(WIRED)


def _file(lines: Sequence[Said], *, opening: int) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["Posting Date", "Description", "Memo", "Amount", "Balance"])
    balance = opening
    for line in lines:
        balance += line.minor
        rows.writerow([f"{line.on:%m/%d/%Y}", line.payer, line.memo, _plain(line.minor), _plain(balance)])
    return out.getvalue().encode()


def _plain(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"


def _korean(years: Years) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["거래일시", "적요", "보낸분/받는분", "출금액", "입금액", "거래후잔액"])
    balance = 0
    for month in range(LAST - 11, LAST):
        name, amount = people.TRANSFERS[month % len(people.TRANSFERS)]
        balance += amount
        day = years.first(month) + timedelta(days=14)
        rows.writerow([f"{day:%Y.%m.%d} 09:10:11", "타행이체", name, "0", f"{amount:,}", f"{balance:,}"])
    day = years.last(LAST - 1)
    rows.writerow([f"{day:%Y.%m.%d} 23:59:59", "예금이자", "예시은행", "0", "1,234", f"{balance + 1_234:,}"])
    rows.writerow([f"{day:%Y.%m.%d} 23:59:59", "타행이체", "후원회", "0", "70,000", f"{balance + 71_234:,}"])
    return out.getvalue().encode("cp949")


def _take(account: BankAccount, name: str, content: bytes, *, now: datetime, actor: User) -> None:
    """A file goes the way of every file: uploaded, read, looked at, taken in."""
    draft_id: uuid.UUID = id_of(f"statement:{name}")
    if Statement.objects.filter(pk=draft_id).exists():
        return
    works = importing_statements.works()
    importing_statements.upload(
        draft_id=draft_id, account_id=account.pk, blocks=[content], file_name=name, actor=actor, now=now
    )
    importing_statements.begin(draft_id=draft_id, now=now)
    running.run_one(works=works, now=now)
    importing_statements.take_in(
        draft_id=draft_id, without_refused=False, in_spite=True, with_gifts=False, actor=actor, now=now
    )
    running.run_one(works=works, now=now)


def _explain(account: BankAccount, *, years: Years, actor: User) -> None:
    """Accept what is suggested with confidence; charges, but for the last one; and the payout that came short."""
    waiting = BankLine.objects.filter(bank_account=account, state=BankLine.State.NEW).order_by(
        "booked_on", "id"
    )
    lines = list(waiting.select_related("bank_account"))
    suggested = suggesting.suggest(account=account, lines=lines)
    for line in lines:
        parts = _short(line, years) or _sure(line, suggested.get(line.pk, []), years)
        if parts:
            now = years.at(line.booked_on + timedelta(days=3), 11)
            accepting.accept(
                line_id=line.pk, parts=parts, score=SURE, is_automatic=False, actor=actor, now=now
            )


def _sure(line: BankLine, several: Sequence[suggesting.Suggestion], years: Years) -> list[Part]:
    best = several[0] if several else None
    if best is None or best.kind not in {Kind.PAYOUT, Kind.DEPOSIT, Kind.CHARGE}:
        return []
    if best.kind == Kind.CHARGE and line.booked_on >= years.first(LAST - 1):
        return []
    return list(best.parts)


def _short(line: BankLine, years: Years) -> list[Part]:
    """The difference is said to be what it is: the payout whole, and a charge beside it."""
    for payout in Payout.objects.filter(amount_minor=line.amount_minor + WIRE_MINOR, currency=line.currency):
        if _is_wired(payout, years) and line.booked_on == payout.arrives_on:
            return [
                Part(kind=Kind.PAYOUT, payout_id=payout.pk, amount_minor=payout.amount_minor),
                Part(kind=Kind.CHARGE, amount_minor=-WIRE_MINOR),
            ]
    return []


def _name_givers(account: BankAccount, donors: Mapping[str, Donor], *, years: Years, actor: User) -> None:
    """The sister's transfers are gifts of people she knows."""
    campaign = Campaign.objects.get(slug=people.BEGINNING)
    for line in BankLine.objects.filter(bank_account=account, state=BankLine.State.NEW).order_by(
        "booked_on", "id"
    ):
        if line.payer in donors:
            accepting.accept(
                line_id=line.pk,
                parts=[Part(kind=Kind.GIFT, donor_id=donors[line.payer].pk, campaign_id=campaign.pk)],
                score=SURE,
                is_automatic=False,
                actor=actor,
                now=years.at(line.booked_on + timedelta(days=3), 11),
            )
