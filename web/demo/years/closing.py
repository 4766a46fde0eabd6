"""Closing: restricted money is released, a journal handed over, a month closed by its list and the next one begun."""

from datetime import datetime, timedelta

from books import checking_months, closing_months, handing_over, releasing, scheduling
from books.filing_papers import Paper
from books.models import MonthEnd, Release, Target
from jobs import beating
from ledger import closing
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from reports import month_checks, ordering, selfchecking
from staff.models import User
from web.demo.years import papering
from web.demo.years.calendar import LAST, Years
from web.demo.years.counting import id_of

CLOSED, OPEN = LAST - 2, LAST - 1
RELEASED_MINOR = 2_400_00
WAIVED = {
    "unknown_givers": "We asked the bank for a copy of the check.",
    "bank_lines": "We wait for the bank's answer about one transfer.",
    "batches": "It is counted again on Sunday.",
}


def close(*, years: Years, entity: LegalEntity, actor: User) -> None:
    """This function will close the month before the last one, begin the list of the last, and plan an export."""
    now = years.at(years.first(OPEN) + timedelta(days=3), 10)
    _release(years, entity, actor=actor)
    _close_before(years, entity, actor=actor)
    handing_over.export(
        export_id=id_of("journal"),
        scope=handing_over.Scope(
            entity=entity, target=Target.GENERIC, first=years.first(CLOSED), last=years.last(CLOSED)
        ),
        actor=actor,
        now=now,
    )
    month_end = checking_months.begin(
        entity=entity, month=years.first(CLOSED), today=now.date(), actor=actor, now=now
    )
    _ask_the_laws(now)
    _tick(month_end, actor=actor, years=years)
    if month_end.status == MonthEnd.Status.OPEN:
        closing_months.close(month_end_id=month_end.pk, look=month_checks.look, actor=actor, now=now)
    begun = checking_months.begin(
        entity=entity, month=years.first(OPEN), today=years.today, actor=actor, now=years.now
    )
    checking_months.tick(month_end_id=begun.pk, code="disputes", actor=actor, now=years.now)
    _plan(years, actor=actor)
    _ask_the_laws(years.now)


def _ask_the_laws(now: datetime) -> None:
    """A month closes only when the laws were asked a short time before."""
    broken = selfchecking.unexplained(selfchecking.run(now=now, documents_since=now - timedelta(days=2)))
    beating.beat(name="selfcheck", now=now, report={"broken": broken[:50]})


def _release(years: Years, entity: LegalEntity, *, actor: User) -> None:
    day = years.last(CLOSED) - timedelta(days=4)
    releasing.release(
        wanted=releasing.Wanted(
            id=id_of("release"),
            fund=Fund.objects.get(entity=entity, code="SAF"),
            kind=Release.Kind.PURPOSE,
            amount=Money(RELEASED_MINOR, "USD"),
            released_on=day,
            reason="Rent and food of the house for the quarter",
        ),
        paper=Paper(content=papering.bill(on=day, amount=Money(RELEASED_MINOR, "USD")), name="quarter.pdf"),
        actor=actor,
        now=years.at(day),
    )


def _close_before(years: Years, entity: LegalEntity, *, actor: User) -> None:
    """The books of the time before were closed at once, as in a house that begins to keep lists."""
    through = years.last(CLOSED - 1)
    closed = closing.closed_through(entity_id=entity.pk)
    if closed is None:
        now = years.at(years.first(CLOSED) + timedelta(days=5))
        closing.close(entity=entity, through_on=through, closed_by=actor.email, now=now)


def _tick(month_end: MonthEnd, *, actor: User, years: Years) -> None:
    """What cannot be counted is looked at; what is found and cannot be mended yet is left aside for a reason."""
    now = years.at(years.first(OPEN) + timedelta(days=3), 10)
    found = month_checks.look(month_end.entity, month_end.month, now)
    for line in checking_months.lines(month_end=month_end, found=found):
        if line.is_done:
            continue
        if not line.check.is_counted:
            checking_months.tick(month_end_id=month_end.pk, code=line.check.code, actor=actor, now=now)
        elif line.check.may_be_waived:
            checking_months.waive(
                month_end_id=month_end.pk,
                code=line.check.code,
                reason=WAIVED.get(line.check.code, "Known and small; it comes with the next statement."),
                found=line.found,
                actor=actor,
                now=now,
            )


def _plan(years: Years, *, actor: User) -> None:
    wanted = ordering.Wanted(
        listing="donations",
        filters={"period": scheduling.PREVIOUS},
        columns=("donation_id", "given_on", "gross", "currency", "campaign"),
    )
    ordering.schedule(
        wanted=wanted,
        name="Gifts of the week",
        cadence=scheduling.Cadence.WEEKLY,
        schedule_id=id_of("timetable"),
        actor=actor,
        now=years.now,
    )
