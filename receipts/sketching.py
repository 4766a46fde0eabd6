"""Sketching: the receipts of a year as they would be, donor by donor, before anything is written.

`rehearsing` orders it and tells how far it is. A person's earlier decisions are laid over what is found now: what was
left out stays out while its reason is still there, what was noted stays noted, what is gone is solved.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from donors.models import Donor
from ledger.models import LegalEntity
from receipts import delivering, drafting, noticing, surveying
from receipts.bridging import Bridge
from receipts.drafting import Ask, Draft
from receipts.models import AnnualRun, Issuer, Receipt, RunException, RunItem
from receipts.noticing import Found
from receipts.surveying import Gift

Person = tuple[uuid.UUID, list[Gift]]
"""A surviving donor and their gifts of the year."""
Key = tuple[str, uuid.UUID | None]
"""An exception of a donor: its code, and the gift it is about if it is about one."""
Status, State = RunItem.Status, RunException.State

ACKNOWLEDGING = frozenset({"us_none", "us_described", "us_intangible_religious"})
ACKNOWLEDGED_FROM = 250_00
"""US-05: from a single gift of 250.00 on the giver needs the sentence about goods and services (US-04)."""


def ask(
    *,
    donor_id: uuid.UUID,
    entity: LegalEntity,
    tax_year: int,
    gifts: Sequence[uuid.UUID],
    issued_on: date | None = None,
) -> Ask:
    """This function will return the ask for the annual receipt of a donor over these gifts."""
    return Ask(
        donor_id=donor_id,
        entity=entity,
        tax_year=tax_year,
        donation_ids=gifts,
        kind=Receipt.Kind.ANNUAL,
        issued_on=issued_on,
    )


def missing(draft: Draft) -> list[Found]:
    """This function will return what keeps a draft from being a receipt: what a person must mend, or a sentence."""
    found = {
        (one.code, one.donation_id): Found(
            f"law:{one.code}"[:30], draft.ask.donor_id, one.donation_id, one.words[:300]
        )
        for one in draft.obstacles
    }
    is_us = draft.issuer is not None and draft.issuer.law == Issuer.Law.UNITED_STATES
    if is_us and not _said(draft) & ACKNOWLEDGING:
        large = [one for one in draft.lines if _is_large(one.line.paid)]
        return [
            *found.values(),
            *(Found("no_acknowledgment_text", draft.ask.donor_id, one.gift.id) for one in large),
        ]
    return list(found.values())


def _is_large(paid: object) -> bool:
    """Things count: what they are worth is for the giver to say."""
    currency, minor = getattr(paid, "currency", "USD"), getattr(paid, "minor", ACKNOWLEDGED_FROM)
    return currency != "USD" or minor >= ACKNOWLEDGED_FROM


def _said(draft: Draft) -> set[str]:
    statements = draft.snapshot.get("statements")
    return {str(one["code"]) for one in statements} if isinstance(statements, list) else set()


class Sketch:
    """Everything one rehearsal knows and makes, until it is written."""

    def __init__(self, run: AnnualRun, *, taken_at: datetime) -> None:
        self.run, self.taken_at = run, taken_at
        self.year = surveying.year_of(entity=run.entity, tax_year=run.tax_year)
        self.mark = surveying.mark(of=self.year, run_id=run.pk)
        self.decided: dict[uuid.UUID, dict[Key, RunException]] = defaultdict(dict)
        for before in RunException.objects.filter(item__run=run).select_related("item").order_by("id"):
            self.decided[before.item.donor_id][before.code, before.donation_id] = before
        self.found: dict[uuid.UUID, dict[Key, Found]] = defaultdict(dict)
        for one in noticing.find(of=self.year):
            self.found[one.donor_id][one.code, one.donation_id] = one
        self.bridge = Bridge()
        self.bridge.begin(of=self.year)
        self.items: list[RunItem] = []

    @property
    def count(self) -> int:
        return len(self.items)

    def add(self, group: Sequence[Person]) -> None:
        """This function will draft the receipts of a group of donors and make their items."""
        wanted = {donor_id: [gift.donation_id for gift in gifts if gift.is_open] for donor_id, gifts in group}
        drafts = self._drafts(wanted)
        for donor_id, draft in drafts.items():
            self.found[donor_id] |= {(one.code, one.donation_id): one for one in missing(draft)}
        outs = {donor_id: self._outs(donor_id) for donor_id in wanted}
        # What a person left out is not drafted, and a second draft of the rest tells whether the rest may go.
        fewer = {
            donor_id: [one for one in wanted[donor_id] if one not in outs[donor_id]]
            for donor_id in drafts
            if outs[donor_id]
        }
        kept = {donor_id: draft for donor_id, draft in drafts.items() if donor_id not in fewer}
        kept |= self._drafts(fewer)
        donors = Donor.objects.in_bulk(list(wanted))
        for donor_id, gifts in group:
            self._take(donors[donor_id], gifts, draft=kept.get(donor_id), outs=outs[donor_id])

    def _drafts(self, wanted: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> dict[uuid.UUID, Draft]:
        asks = [
            ask(donor_id=donor_id, entity=self.run.entity, tax_year=self.run.tax_year, gifts=gifts)
            for donor_id, gifts in wanted.items()
            if gifts
        ]
        made = drafting.draft_many(asks=asks, now=self.taken_at) if asks else []
        return {draft.ask.donor_id: draft for draft in made}

    def _outs(self, donor_id: uuid.UUID) -> dict[uuid.UUID | None, str]:
        """What of a donor a person left out, with the reason, while what it was about is still so; None is all."""
        return {
            gift: before.reason
            for (code, gift), before in self.decided[donor_id].items()
            if before.state == State.LEFT_OUT and (code, gift) in self.found[donor_id]
        }

    def _take(
        self,
        donor: Donor,
        gifts: Sequence[Gift],
        *,
        draft: Draft | None,
        outs: Mapping[uuid.UUID | None, str],
    ) -> None:
        by_law = _by_law(draft) if draft is not None else {}
        codes = {gift.donation_id: _code(gift, by_law, outs) for gift in gifts}
        status = _status(draft, outs)
        listed = [gift for gift in gifts if codes[gift.donation_id] == "now"]
        for gift in gifts:
            code = codes[gift.donation_id]
            if status != Status.READY and code in {"now", "described_now"}:
                # The receipt it would stand on cannot be issued as it is.
                codes[gift.donation_id] = code = "waiting:others"
            if code != "now":
                self.bridge.gift(gift, code=code, minor=_told(gift))
        figures: dict[str, object] = {"codes": dict(sorted(Counter(codes.values()).items()))}
        if draft is not None and status == Status.READY:
            figures["totals"] = [[one.currency, one.total_minor, one.eligible_minor] for one in draft.totals]
            totals = {one.currency: one.total_minor for one in draft.totals}
            self.bridge.receipt(listed, totals=totals, donor_id=donor.pk)
        self.items.append(
            RunItem(
                run=self.run,
                position=len(self.items) + 1,
                donor=donor,
                status=status,
                channel=delivering.channel_of(donor).value,
                line_count=len(draft.lines) if draft is not None and status == Status.READY else 0,
                figures=figures,
                words=_words(status, codes, outs),
            )
        )

    def write(self) -> None:
        """Lay the items, what is to be looked at and the figures of the run into the database, all at once.

        This function will do nothing when the run was taken from it meanwhile.
        """
        with transaction.atomic():
            run = AnnualRun.objects.select_for_update().get(pk=self.run.pk)
            if run.status != AnnualRun.Status.REHEARSING or run.job_id != self.run.job_id:
                return
            RunItem.objects.filter(run=run).delete()
            RunItem.objects.bulk_create(self.items, batch_size=2_000)
            exceptions = [one for item in self.items for one in self._exceptions(item)]
            RunException.objects.bulk_create(exceptions, batch_size=2_000)
            decisions = surveying.mark(of=self.year, run_id=run.pk)["decisions"]
            run.figures = {**run.figures, **self._figures(), "mark": {**self.mark, "decisions": decisions}}
            run.status, run.taken_at = AnnualRun.Status.REHEARSED, self.taken_at
            run.save(update_fields=["figures", "status", "taken_at"])

    def _exceptions(self, item: RunItem) -> list[RunException]:
        decided, found = self.decided[item.donor_id], self.found[item.donor_id]
        made = [
            RunException(item=item, code=one.code, donation_id=one.donation_id, words=one.words)
            for one in found.values()
        ]
        for one in made:
            before = decided.get((one.code, one.donation_id))
            if before and before.state in {State.NOTED, State.LEFT_OUT} and before.words == one.words:
                _as(before, one, state=before.state)
        for key, before in decided.items():
            if key not in found:
                gone = RunException(
                    item=item, code=before.code, donation_id=before.donation_id, words=before.words
                )
                made.append(_as(before, gone, state=State.SOLVED))
        return made

    def _figures(self) -> dict[str, object]:
        ready = [item for item in self.items if item.status == Status.READY]
        totals: dict[str, list[int]] = {}
        for item in ready:
            for currency, total, eligible in item.figures["totals"]:
                sums = totals.setdefault(currency, [0, 0, 0])
                totals[currency] = [sums[0] + 1, sums[1] + total, sums[2] + eligible]
        return {
            "items": dict(Counter(item.status for item in self.items)),
            "channels": dict(Counter(item.channel for item in ready)),
            "lines": sum(item.line_count for item in ready),
            "totals": [[currency, *totals[currency]] for currency in sorted(totals)],
            "bridge": self.bridge.told(),
        }


def _as(before: RunException, one: RunException, *, state: str) -> RunException:
    one.state, one.reason = state, before.reason if state == State.LEFT_OUT else ""
    one.decided_by_id, one.decided_at = before.decided_by_id, before.decided_at
    return one


def _code(gift: Gift, by_law: Mapping[uuid.UUID, str], outs: Mapping[uuid.UUID | None, str]) -> str:
    """Under which line of the bridge a gift stands."""
    if gift.receipt_id is not None:
        return "receipted" if gift.is_valued else "described"
    if gift.excluded:
        return f"excluded:{gift.excluded}"
    if gift.is_held:
        return "held"
    if None in outs or gift.donation_id in outs:
        return "left_out"
    return by_law.get(gift.donation_id, "waiting:elsewhere")


def _by_law(draft: Draft) -> dict[uuid.UUID, str]:
    codes = {one.gift.id: "now" if one.is_valued else "described_now" for one in draft.lines}
    codes |= {
        one.donation_id: f"waiting:{one.code}" for one in draft.obstacles if one.donation_id is not None
    }
    return codes | {one.donation_id: f"excluded:{one.reason}" for one in draft.exclusions}


def _told(gift: Gift) -> int | None:
    """What a standing receipt says of a gift; None is what is left of it."""
    return gift.paper_minor if gift.receipt_id is not None and gift.is_valued else None


def _status(draft: Draft | None, outs: Mapping[uuid.UUID | None, str]) -> RunItem.Status:
    if None in outs:
        return Status.LEFT_OUT
    if draft is not None and draft.obstacles:
        return Status.BLOCKED
    if draft is not None and draft.lines:
        return Status.READY
    return Status.LEFT_OUT if outs else Status.NOTHING


def _words(
    status: RunItem.Status, codes: Mapping[uuid.UUID, str], outs: Mapping[uuid.UUID | None, str]
) -> str:
    """Why there is no receipt: the reason somebody wrote, or the codes of what became of the gifts."""
    if status == Status.LEFT_OUT:
        return next(iter(outs.values()))
    return "" if status == Status.READY else ",".join(sorted(set(codes.values())))[:300]
