"""Filling the giving form in tests as a browser does: every field the page has, then what a person changes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Fields(HTMLParser):
    """Reads what a browser would send: values, chosen radios, ticked boxes, selected options, texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and (self._select not in self.values or "selected" in given):
            self.values[self._select] = given["value"]
        elif tag == "textarea":
            self._area = given["name"]
            self.values[self._area] = ""

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        is_sent = "checked" in given if kind in {"radio", "checkbox"} else kind != "submit"
        if "name" in given and is_sent:
            self.values[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def ids(self) -> set[str]:
        return {given["id"] for _, given in self.tags if "id" in given}


def fields(html: str) -> Fields:
    return Fields(html)


def form(client: Client, address: str = "/en/give/family/") -> dict[str, str]:
    """This function will return the fields of a fresh form."""
    answer = client.get(address)
    assert answer.status_code == 200
    return fields(answer.content.decode()).values


def filled(client: Client, address: str = "/en/give/family/", **changes: Any) -> dict[str, str]:
    """`hand` is what the page's script notes at the press: this is a browser, so no form is too fast.

    This function will return the fields of a form that a person has filled in well.
    """
    return form(client, address) | {"name": "Grace Kim", "email": "grace@example.org", "hand": "1"} | changes
