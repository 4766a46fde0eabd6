"""Writing down a gift over the desk: one form that shows only the fields its kind needs."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from donations import entering
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import Detail, HandGift, UnableToEnter
from donations.models import Donation, SoftCredit
from donors.models import Donor
from ledger import closing, money
from ledger.models import Fund
from ledger.money import Money
from web import desk_wording
from web.office import asking_by_kind
from web.office.asking_by_kind import WHATS
from web.office.asking_fields import (
    amount_field,
    campaign_field,
    day_field,
    fund_label,
    read_amount,
    words_field,
)
from web.office.choosing import ChoosingForm
from web.tax_wording import Words
from web.templatetags.office import day as told_day


class HandForm(ChoosingForm):
    """The fields of one kind of gift. `gift_id` is made with the form: sent twice, it is one gift."""

    PEOPLE = ("giver", "adviser", "employee")

    gift_id = forms.UUIDField(widget=forms.HiddenInput)
    giver = words_field(gettext_lazy("Giver"), most=200, required=True)
    came_on = day_field(gettext_lazy("The day it reached us"), required=True)
    amount = amount_field(gettext_lazy("Amount"), required=True)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    campaign = campaign_field()
    note = words_field(
        gettext_lazy("What the giver wrote"),
        most=500,
        help_text=gettext_lazy("Shown with the gift in the office."),
    )
    staff_note = words_field(gettext_lazy("Note for the office"), most=250)
    is_person_directed = forms.BooleanField(
        label=gettext_lazy("Meant for the work of a particular person"), required=False
    )
    is_anonymous = forms.BooleanField(label=gettext_lazy("Not to be named in public"), required=False)
    sure_closed = forms.BooleanField(label=gettext_lazy("Book it on the next open day"), required=False)

    def __init__(
        self, what: str, typed: Any = None, *, today: date, initial: dict[str, Any] | None = None
    ) -> None:
        self.what = WHATS[what]
        start = {"gift_id": uuid.uuid4(), "came_on": today, "currency": "USD", **(initial or {})}
        super().__init__(typed, initial=start, more=asking_by_kind.fields_of(what))
        self.is_basis_asked = self.is_same_asked = self.is_closed_asked = False
        self.matchable: list[Donation] = []
        self.same: Donation | None = None
        self._fill()

    def _fill(self) -> None:
        self.fields["currency"].choices = [(code, code) for code in sorted(money.CURRENCIES)]  # type: ignore[attr-defined]
        funds = _funds()
        for name in ("fund_1", "fund_2", "fund_3"):
            first = _("That of the campaign") if name == "fund_1" else "–"
            self.fields[name].choices = [("", first), *funds]  # type: ignore[attr-defined]
        if self.what.kind in entering.THINGS:
            self.fields["amount"].label = _("Value for the books")
            self.fields["amount"].help_text = _(
                "Staff's own estimate; it is not printed where the law forbids it."
            )

    # Reading

    def read(self, *, now: datetime) -> HandGift | None:
        """This function will return the gift that was written, or None after noting at each field what is wrong."""
        giver = self.choose("giver")
        credits = self._credits()
        amount = self._money("amount")
        if amount is not None and not amount:
            self.add_error("amount", str(_REFUSALS["amount"]))
        campaign: Campaign | None = self.cleaned_data.get("campaign")
        parts = self._parts(amount, campaign) if amount and campaign else None
        days, returns, detail = self._days(), self._returns(), self._detail()
        if self.errors or not (giver and amount and campaign and parts):
            return None
        gift = HandGift(
            id=self.cleaned_data["gift_id"],
            entity=parts[0][0].entity,
            donor_id=giver.pk,
            campaign=campaign,
            parts=parts,
            amount=amount,
            method=self._method(),
            came_on=self.cleaned_data["came_on"],
            days=days,
            kind=self.what.kind,
            payer=self.what.payer,
            description=self.cleaned_data.get("description", ""),
            is_person_directed=self.cleaned_data["is_person_directed"],
            is_anonymous=self.cleaned_data["is_anonymous"],
            language=giver.language,
            last4=self.cleaned_data.get("check_number", "")[-4:],
            note=self.cleaned_data["note"],
            detail=detail,
            returns=returns,
            credits=credits,
        )
        try:
            entering.check(gift=gift, now=now)
        except UnableToEnter as error:
            self.refuse(error)
            return None
        return gift if self._is_sure(gift) else None

    def settle_people(self) -> None:
        """This function will choose people also on a form with other mistakes, so that nobody is asked twice."""
        for name in self.chosen:
            self.choose(name)

    def _money(self, name: str) -> Money | None:
        currency = self.cleaned_data.get("currency")
        return read_amount(self, name, currency=currency) if currency else None

    def _minor(self, name: str) -> int | None:
        found = self._money(name)
        return None if found is None else found.minor

    def _parts(self, amount: Money, campaign: Campaign) -> list[tuple[Fund, Money]]:
        funds = Fund.objects.select_related("entity").in_bulk(
            [
                int(self.cleaned_data[f"fund_{place}"] or 0)
                for place in (1, 2, 3)
                if self.cleaned_data.get(f"fund_{place}")
            ]
        )
        first = self.cleaned_data.get("fund_1") or str(campaign.fund_id)
        main = funds.get(int(first)) or Fund.objects.select_related("entity").get(pk=campaign.fund_id)
        rest, parts = amount, []
        for place in (2, 3):
            chosen, part = self.cleaned_data.get(f"fund_{place}"), self._money(f"amount_{place}")
            if bool(chosen) != bool(part):
                if f"amount_{place}" not in self.errors:
                    self.add_error(f"amount_{place}", _("Choose a fund and write its amount."))
            elif chosen and part:
                parts.append((funds[int(chosen)], part))
                rest = rest - part
        if rest.minor <= 0:
            self.add_error("amount_2", _("The parts are more than the whole."))
        return [(main, rest), *parts]

    def _method(self) -> str:
        return str(self.cleaned_data.get("method") or self.what.methods[0])

    def _days(self) -> dict[Basis, date]:
        """What is known of the days, by how it came."""
        came_on, method = self.cleaned_data.get("came_on"), self._method()
        if came_on is None:
            return {}
        simple = {
            "cash": Basis.HAND,
            "bank_transfer": Basis.SETTLEMENT,
            "stock": Basis.TRANSFER,
            "in_kind": Basis.RECEIVED,
        }
        if method in simple:
            return {simple[method]: came_on}
        days = {Basis.RECEIVED: came_on}
        basis = Basis(self.cleaned_data.get("basis") or Basis.RECEIVED)
        if basis != Basis.RECEIVED:
            if self.cleaned_data.get("basis_on"):
                days[basis] = self.cleaned_data["basis_on"]
            elif "basis_on" not in self.errors:
                self.add_error("basis_on", _("Write the day."))
        if self.cleaned_data.get("written_on"):
            days[Basis.WRITTEN] = self.cleaned_data["written_on"]
        return days

    def _returns(self) -> list[Return]:
        given, words = self.cleaned_data, str(self.cleaned_data.get("benefit") or "").strip()
        value, cost = self._minor("benefit_value"), self._minor("benefit_cost")
        if not words:
            if value is not None or cost is not None:
                self.add_error("benefit", _("Describe what was given in return."))
            return []
        return [
            Return(
                words,
                value,
                cost,
                is_token=given["is_token"],
                is_intangible_religious=given["is_intangible_religious"],
            )
        ]

    def _detail(self) -> Detail | None:
        given, currency = self.cleaned_data, self.cleaned_data.get("equivalent_currency")
        notes = [given.get("staff_note", "")]
        if given.get("check_number"):
            notes.insert(0, _("Check %(number)s") % {"number": given["check_number"]})
        equivalent = self._equivalent(currency)
        told = Detail(
            quantity=given.get("quantity") or 1,
            fair_value_minor=self._minor("fair_value"),
            claimed_minor=self._minor("claimed"),
            appraiser_name=given.get("appraiser_name", ""),
            appraiser_address=given.get("appraiser_address", ""),
            equivalent=equivalent,
            rate_on=given.get("rate_on") if equivalent else None,
            rate_source=given.get("rate_source", "") if equivalent else "",
            staff_note=". ".join(filter(None, notes))[:300],
        )
        return None if told == Detail() else told

    def _equivalent(self, currency: str | None) -> Money | None:
        if not self.cleaned_data.get("equivalent"):
            return None
        if not currency or not self.cleaned_data.get("rate_on"):
            self.add_error("equivalent", _("Write its currency and the day of the rate, too."))
            return None
        return read_amount(self, "equivalent", currency=currency)

    def _credits(self) -> list[Credit]:
        """The adviser of a fund, or the employee whose own gift was matched."""
        if "adviser" in self.chosen and self.cleaned_data.get("adviser"):
            adviser = self.choose("adviser")
            return [Credit(adviser.pk, SoftCredit.Kind.ADVISER)] if adviser else []
        if "employee" in self.chosen and self.cleaned_data.get("employee"):
            employee = self.choose("employee")
            return [self._match(employee)] if employee else []
        return []

    def _match(self, employee: Donor) -> Credit:
        self.matchable = list(employee.donations.order_by("-given_at", "-id")[:8])
        answer = str(self.cleaned_data.get("matches") or "")
        own = next((gift for gift in self.matchable if str(gift.pk) == answer), None)
        if self.matchable and own is None and answer != "none":
            self.add_error("matches", _("Choose the gift that is matched."))
        return Credit(employee.pk, SoftCredit.Kind.MATCH, matches_id=own.pk if own else None)

    def _is_sure(self, gift: HandGift) -> bool:
        """What a person may confirm: the day of receipt around the new year (C5), a check seen before (B07), a day
        whose month is closed (B23).
        """
        if entering.is_basis_weak(method=gift.method, days=gift.days) and not self.cleaned_data.get(
            "sure_basis"
        ):
            self.is_basis_asked = True
            self.add_error("basis", str(_REFUSALS["weak_basis"]))
        self.same = entering.same_check(gift=gift)
        if self.same is not None and not self.cleaned_data.get("sure_same"):
            self.is_same_asked = True
            self.add_error("check_number", str(_REFUSALS["twin"]))
        self._ask_about_closed(gift)
        return not self.errors

    def _ask_about_closed(self, gift: HandGift) -> None:
        closed = closing.closed_through(entity_id=gift.entity.pk)
        if closed is None or gift.came_on > closed or self.cleaned_data.get("sure_closed"):
            return
        self.is_closed_asked = True
        words = _("The books are closed through %(closed)s. It can be booked on %(open)s: confirm below.")
        days = {"closed": told_day(closed), "open": told_day(closed + timedelta(days=1))}
        self.add_error("came_on", words % days)

    def refuse(self, error: UnableToEnter) -> None:
        """This function will put the deed's refusal beside the field it is about."""
        field = _PLACES.get(error.field, error.field)
        words = str(_REFUSALS.get(error.code, _REFUSALS["other"]))
        self.add_error(field if field in self.fields else None, words)


_PLACES = {
    "donor": "giver",
    "parts": "fund_1",
    "returns": "benefit",
    "credits": "adviser",
    "postmark": "basis_on",
    "hand": "basis_on",
    "written": "written_on",
}
_REFUSALS: Words = {
    **desk_wording.REFUSALS,
    "twice": gettext_lazy("Name each fund once."),
    "entered": gettext_lazy("This form was used for another gift. Open a new one."),
}


def _funds() -> list[tuple[str, str]]:
    funds = Fund.objects.filter(is_open=True).select_related("entity").prefetch_related("texts")
    return [(str(one.pk), fund_label(one, has_body=True)) for one in funds.order_by("entity__code", "code")]
