"""The shapes both languages of the demo fill in the same way; a missing word is a type error."""

from typing import Protocol, TypedDict


class Campaign(TypedDict):
    title: str
    tag: str
    sentence: str
    lead: str
    body: str
    terms: str
    why_harder: str
    surplus: str


class Letter(TypedDict):
    title: str
    greeting: str
    body: str
    closing: str
    points: tuple[str, ...]
    answered: str


class Tongue(Protocol):
    """A module of words."""

    LANGUAGE: str
    FUNDS: dict[str, tuple[str, str]]
    CAMPAIGNS: dict[str, Campaign]
    COST_HEADS: tuple[str, ...]
    PHASES: tuple[tuple[str, str], ...]
    LETTERS: tuple[Letter, ...]
    TOURS: dict[str, str]
    STOPS: tuple[str, ...]
