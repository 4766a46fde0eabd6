"""Paging by the last row seen: no counting, and rows that arrive meanwhile do not shift the pages."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    older: str


def page(*, rows: QuerySet[M], by: str, after: str, size: int = SIZE) -> Page[M]:
    """The rows after the one whose key is `after`; `rows` are in descending order of `by` and of their key.

    This function will answer 404 for a key that is not there.
    """
    chosen = rows
    if after:
        last = _last(rows, after)
        at = getattr(last, by)
        chosen = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": last.pk}))
    found = list(chosen[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def _last(rows: QuerySet[M], after: str) -> M:
    try:
        last = rows.filter(pk=after).first()
    except (ValueError, ValidationError) as error:
        raise Http404("no such page") from error
    if last is None:
        raise Http404("no such page")
    return last


def older(request: HttpRequest, shown: Page[M], *, fields: Container[str]) -> str:
    """This function will return the query of the next page, empty on the last one."""
    kept = {key: value for key, value in request.GET.items() if value and key in fields}
    return urlencode({**kept, "after": shown.older}) if shown.older else ""
