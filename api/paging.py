"""Pages by cursor: a page begins after the last row of the one before, so rows that come in between shift nothing.

Counting is left out on purpose: on millions of rows it costs more than the page.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE_SIZE = 50
LARGEST_PAGE = 100


@dataclass(frozen=True)
class Order:
    """How a list is ordered: one column and the primary key last, both in the same direction."""

    column: str
    read_column: Callable[[Any], Any]
    read_pk: Callable[[Any], Any]
    is_descending: bool = False

    @property
    def by(self) -> list[str]:
        sign = "-" if self.is_descending else ""
        return [f"{sign}{self.column}", f"{sign}pk"]

    def after(self, value: Any, pk: Any) -> Q:
        """Rows that follow. The first condition alone lets an index be used; the second settles equal values."""
        beyond = "lt" if self.is_descending else "gt"
        return Q(**{f"{self.column}__{beyond}e": value}) & (
            Q(**{f"{self.column}__{beyond}": value}) | Q(**{self.column: value, f"pk__{beyond}": pk})
        )


def moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a moment has a zone")
    return found


def small(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError("not a small whole number")
    return value


def by_time(column: str) -> Order:
    """Newest first, over rows whose id is a UUID."""
    return Order(column=column, read_column=moment, read_pk=UUID, is_descending=True)


def page(
    *,
    request: Request,
    rows: "QuerySet[Any, Any]",
    order: Order,
    cursor: str,
    size: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of `rows` (a `.values()` query that holds `pk` and the order's column).

    Raises ValidationError for a cursor that is none of ours. This function will return the rows and the
    address of the next page, None after the last.
    """
    if place := read(cursor, order=order):
        rows = rows.filter(order.after(*place))
    # One row more than asked for tells whether there is another page.
    found = list(rows.order_by(*order.by)[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], following(request, value=last[order.column], pk=last["pk"])


def _write(value: Any, pk: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    body = json.dumps([text, str(pk) if isinstance(pk, UUID) else pk], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read(cursor: str, *, order: Order) -> tuple[Any, Any] | None:
    """The place a cursor names, None for an empty one. Raises ValidationError for one that is none of ours."""
    if not cursor:
        return None
    try:
        body = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        value, pk = json.loads(body)
        return order.read_column(value), order.read_pk(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise ValidationError({"cursor": [_("This is not a cursor of this list.")]}, code="cursor") from error


def following(request: Request, *, value: Any, pk: Any) -> str:
    """This function will return the address of the page after a row: the same question, another cursor."""
    query = request._request.GET.copy()
    query["cursor"] = _write(value, pk)
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"
