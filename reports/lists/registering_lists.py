"""Registering lists: every list that may leave the house, by its key. Another one is another name here."""

from reports.lists import books, gifts, papers, people
from reports.lists.declaring import Listing

ALL: dict[str, Listing] = {
    listing.key: listing
    for listing in (
        gifts.DONATIONS,
        people.DONORS,
        people.PLANS,
        people.PLEDGES,
        papers.RECEIPTS,
        papers.REGISTER,
        books.JOURNAL,
        books.FUNDS,
        books.PAYOUTS,
        books.BANK_LINES,
        books.BATCHES,
    )
}


class NoSuchList(LookupError):
    """Nothing is declared under this key."""


def named(key: str) -> Listing:
    """Raises NoSuchList. This function will return the list of a key."""
    try:
        return ALL[key]
    except KeyError as error:
        raise NoSuchList(key) from error
