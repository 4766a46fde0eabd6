"""The shapes that go in and out. Input is strict: an unknown or repeated name is an error, never ignored."""

import re
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ledger import money
from ledger.money import Money

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
LANGUAGES = ("en", "ko")


class Strict(serializers.Serializer[Any]):
    """Takes exactly its own fields."""

    def to_internal_value(self, data: Any) -> Any:
        problems: dict[str, list[serializers.ErrorDetail]] = {}
        if isinstance(data, QueryDict):
            repeated = [name for name, values in data.lists() if len(values) > 1]
            problems |= {name: [_problem(_("This stands more than once."), "repeated")] for name in repeated}
            data = data.dict()
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(str(name) for name in data if name not in writable)
            problems |= {name: [_problem(_("There is no such field."), "unknown")] for name in unknown}
        if problems:
            raise serializers.ValidationError(problems)
        return super().to_internal_value(data)


def _problem(words: Any, code: str) -> Any:
    return serializers.ErrorDetail(words, code=code)


class WholeNumber(serializers.IntegerField):
    """Plain ASCII digits or a JSON integer; not "٣", "1_000", 1.0 or true."""

    def to_internal_value(self, data: Any) -> int:
        is_digits = isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,18}", data) is not None
        if not is_digits and type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON text and nothing else; DRF would turn numbers into texts."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Identifier(serializers.UUIDField):
    """A UUID in its usual spelling only."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(
            r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", data
        ):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A day written 2026-11-30, between 1900 and 2200."""

    default_error_messages = {"range": _("A day between 1900 and 2200.")}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("range")
        return day


def currency_field(**options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=sorted(money.CURRENCIES), **options)


class Amount(serializers.Serializer[Any]):
    """Money out: the amount is text with exactly the decimals of its currency."""

    amount = serializers.CharField(help_text="Decimal text with exactly the currency's decimals.")
    currency = serializers.CharField(min_length=3, max_length=3)


def shown(amount: Money) -> dict[str, str]:
    """This function will return money as JSON shows it."""
    return {"amount": amount.plain, "currency": amount.currency}


def read_money(text: object, *, currency: object) -> Money:
    """Canonical money only: "50.00" in USD, "5000" in KRW. Raises serializers.ValidationError."""
    if not isinstance(currency, str) or currency not in money.CURRENCIES:
        raise serializers.ValidationError(_("This currency is not known here."), code="currency")
    places = money.exponent(currency)
    pattern = r"(0|[1-9][0-9]{0,9})" + (rf"\.[0-9]{{{places}}}" if places else "")
    if not isinstance(text, str) or not re.fullmatch(pattern, text):
        raise serializers.ValidationError(
            _("Write the amount with the currency's own decimals."), code="amount"
        )
    found = Money(int(text.replace(".", "")), currency)
    if not 0 < found.minor <= money.LARGEST_MINOR:
        raise serializers.ValidationError(_("The amount is out of range."), code="range")
    return found


class NoQuery(Strict):
    """For actions without query parameters."""


class PageQuery(Strict):
    cursor = Text(required=False, default="", max_length=300, help_text="From the `next` of the page before.")
    page_size = WholeNumber(required=False, default=50, min_value=1, max_value=100)


class PeriodQuery(Strict):
    """A period whose first day may not lie after its last."""

    period: tuple[str, str] = ("", "")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = (attrs.get(name) for name in self.period)
        if first and last and first > last:
            raise serializers.ValidationError(
                {self.period[1]: [_problem(_("The last day lies before the first."), "order")]}
            )
        return attrs
