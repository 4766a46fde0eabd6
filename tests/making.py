"""Making facts for tests: each function writes one thing, through the real deed where one exists.

Money is written as Money, days and times are told, nothing is random but keys. Every donation is in the books.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from campaigns.models import Campaign, CampaignText, GivingPage
from donations import disputing, paying_out, postings, recording, refunding
from donations.models import Checkout, Dispute, Donation, RecurringPlan, Refund
from donations.models.intents import Frequency
from donors import matching
from donors.models import Donor
from ledger import posting
from ledger.models import Entry, Fund, FundText, LegalEntity
from ledger.money import Money
from payments.gateway import BalanceLine, DisputeState, RefundState
from payments.models import BalanceTransaction, Payout, PayoutLine
from receipts import correcting, finishing, founding, issuing
from receipts.models import Receipt
from staff import roles
from staff.models import Role, User

HUNDRED = Money(10000, "USD")
FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def entity(*, code: str = "HM", zone: str = "America/New_York", base_currency: str = "USD") -> LegalEntity:
    made, is_new = LegalEntity.objects.get_or_create(
        code=code,
        defaults={
            "legal_name": "Harbour Mission",
            "country": "US",
            "address": "1 Quay Street\nPortland, ME 04101",
            "registration": "EIN 00-0000000",
            "status_line": "a 501(c)(3) organization",
            "signatory": "Ada Park, Treasurer",
            "email": "office@example.org",
            "zone": zone,
            "base_currency": base_currency,
            "paper": LegalEntity.Paper.LETTER,
        },
    )
    if is_new:
        founding.found(entity=made, now=FOUNDED)
    return made


def fund(*, code: str = "GEN", restriction: str = Fund.Restriction.NONE, name: str = "General fund") -> Fund:
    made, is_new = Fund.objects.get_or_create(
        entity=entity(), code=code, defaults={"restriction": restriction}
    )
    if is_new:
        FundText.objects.create(fund=made, language="en", name=name)
    return made


def campaign(*, slug: str = "general", in_fund: Fund | None = None, title: str = "General work") -> Campaign:
    known = Campaign.objects.filter(slug=slug).first()
    if known is not None:
        return known
    made = Campaign.objects.create(
        slug=slug,
        kind=Campaign.Kind.GENERAL,
        status=Campaign.Status.OPEN,
        fund=in_fund or fund(),
        currency="USD",
        published_at=datetime(2025, 1, 1).astimezone(),
    )
    CampaignText.objects.create(
        campaign=made, language="en", title=title, sentence="Where it is needed.", lead="Your gift helps."
    )
    GivingPage.objects.create(campaign=made, entity=entity())
    return made


def donor(
    *,
    name: str = "Grace Kim",
    email: str = "grace@example.org",
    merged_into: Donor | None = None,
    now: datetime,
) -> Donor:
    key = {"email_key": matching.email_key(email), "name_key": matching.name_key(name)}
    known = Donor.objects.filter(**key, merged_into=merged_into).first()
    return known or Donor.objects.create(
        name=name, email=email, merged_into=merged_into, created_at=now, **key
    )


def plan(*, of: Donor, amount: Money = HUNDRED, status: str = "active", now: datetime) -> RecurringPlan:
    page = campaign().giving_page
    checkout = Checkout.objects.create(
        page=page,
        campaign=page.campaign,
        entity=page.entity,
        fund=page.campaign.fund,
        frequency=Frequency.MONTHLY,
        amount_minor=amount.minor,
        currency=amount.currency,
        donor_name=of.name,
        email=of.email,
        language="en",
        status=Checkout.Status.PAID,
        session_ref=f"cs_{next(_numbers):08}",
        began_at=now,
        look_after=now,
        ended_at=now,
    )
    number = next(_numbers)
    return RecurringPlan.objects.create(
        checkout=checkout,
        donor=of,
        entity=page.entity,
        campaign=page.campaign,
        fund=page.campaign.fund,
        amount_minor=amount.minor,
        currency=amount.currency,
        interval="month",
        processor_ref=f"sub_{number:08}",
        customer_ref=f"cus_{number:08}",
        status=status,
        started_at=now,
        next_charge_at=now + timedelta(days=30),
        ended_at=now if status == "ended" else None,
        mirrored_at=now,
    )


def balance_line(*, of: str, kind: str, amount: Money, fee: Money | None = None, at: datetime) -> BalanceLine:
    """A line of the processor's balance about the object `of`."""
    fee_minor = fee.minor if fee else 0
    return BalanceLine(
        ref=f"txn_{next(_numbers):08}",
        kind=kind,
        amount_minor=amount.minor,
        fee_minor=fee_minor,
        net_minor=amount.minor - fee_minor,
        currency=amount.currency,
        source_ref=of,
        created_at=at,
        available_on=(at + timedelta(days=2)).date(),
        exchange_rate=None,
    )


def donation(
    *,
    by: Donor,
    amount: Money = HUNDRED,
    fee: Money | None = None,
    settled: Money | None = None,
    for_campaign: Campaign | None = None,
    parts: Sequence[tuple[Fund, Money]] = (),
    of_plan: RecurringPlan | None = None,
    method: str = "card",
    last4: str = "4242",
    note: str = "",
    source: str = "",
    language: str = "en",
    is_anonymous: bool = False,
    at: datetime,
    heard_at: datetime | None = None,
) -> Donation:
    """A gift in the books, heard of at once or later. With a `fee` its balance line is there, worth `settled`."""
    aim = for_campaign or campaign()
    number = next(_numbers)
    made, _ = recording.record(
        received=recording.Received(
            entity=entity(),
            donor_id=by.pk,
            campaign=aim,
            parts=parts or [(aim.fund, amount)],
            amount=amount,
            given_at=at,
            processor_ref=f"ch_{number:08}",
            payment_ref=f"pi_{number:08}",
            method=method,
            last4=last4,
            is_live=False,
            is_anonymous=is_anonymous,
            language=language,
            note=note,
            source=source,
            checkout=of_plan.checkout if of_plan else None,
            plan=of_plan,
        ),
        now=heard_at or at,
    )
    if fee is not None:
        line = balance_line(
            of=made.processor_ref or "", kind="charge", amount=settled or amount, fee=fee, at=at
        )
        recording.post_settlement(
            entity=made.entity, line=line, gross=amount, shares=recording.shares_of(made), now=at
        )
    return made


def refund(*, of: Donation, amount: Money, at: datetime) -> Refund:
    ref = f"re_{next(_numbers):08}"
    refunding.take_in(
        donation=of,
        state=RefundState(
            ref=ref,
            charge_ref=of.processor_ref or "",
            amount=amount,
            status="succeeded",
            created_at=at,
            reason="",
            reference="",
            balance=balance_line(of=ref, kind="refund", amount=-amount, at=at),
            failure_balance=None,
        ),
        now=at,
    )
    return Refund.objects.get(processor_ref=ref)


def dispute(
    *, of: Donation, status: str = "needs_response", fee: Money | None = None, at: datetime
) -> Dispute:
    ref = f"dp_{next(_numbers):08}"
    line = balance_line(of=ref, kind="adjustment", amount=-of.amount, fee=fee, at=at)
    disputing.apply(
        state=DisputeState(
            ref=ref,
            charge_ref=of.processor_ref or "",
            amount=of.amount,
            status=status,
            reason="fraudulent",
            created_at=at,
            due_at=at + timedelta(days=7),
            balances=(line,),
        ),
        now=at,
    )
    return Dispute.objects.get(processor_ref=ref)


def payout(*, of: Sequence[BalanceTransaction], arrives_on: date, at: datetime) -> Payout:
    """A transfer to the bank that carries these lines of the balance, fund by fund in the books."""
    currency = of[0].currency
    sum_minor = sum(line.net_minor for line in of)
    made = Payout.objects.create(
        ref=f"po_{next(_numbers):08}",
        amount_minor=sum_minor,
        currency=currency,
        created_at=at,
        arrives_on=arrives_on,
        recorded_at=at,
    )
    PayoutLine.objects.bulk_create(PayoutLine(payout=made, balance_transaction=line) for line in of)
    sources = [source for line in of for source in paying_out.sources_of(line)]
    held: dict[int, int] = {}
    for entry in Entry.objects.filter(source__in=sources).prefetch_related("lines__account"):
        for line in entry.lines.all():
            if line.account.code == postings.CLEARING and line.currency == currency:
                held[line.fund_id] = held.get(line.fund_id, 0) + line.amount_minor
    posting.post(
        entity=entity(),
        kind=Entry.Kind.PAYOUT,
        source=f"payout:{made.ref}",
        happened_at=at,
        postings=postings.payout([(fund_id, Money(minor, currency)) for fund_id, minor in held.items()]),
        now=at,
    )
    return made


def receipt(*, of: Donation, is_drawn: bool = True, now: datetime) -> Receipt:
    """The receipt of a gift; drawn as a file unless said otherwise."""
    made = issuing.decide(donation_id=of.pk, now=now)
    assert made is not None
    if is_drawn:
        finishing.finish(receipt_id=made.pk, now=now)
    return made


def correction(*, of: Donation, now: datetime) -> None:
    """What the receipts room does after money went back: the old number is void, a new one may follow."""
    correcting.correct(donation_id=of.pk, now=now)


def user(
    *, email: str = "staff@example.org", role: Role | None = None, password: str | None = None, now: datetime
) -> User:
    made = User.objects.create_user(
        email=email, name=email.split("@", maxsplit=1)[0].title(), password=password
    )
    if role is not None:
        roles.grant(user=made, role=role, now=now)
    return made
