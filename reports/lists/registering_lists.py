"""Registering lists: every list that may leave the house, by its key. Another one is another name here."""

from reports.lists import banking, books, gifts, papers, people
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
        banking.PAYOUTS,
        banking.BANK_LINES,
        banking.BATCHES,
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
