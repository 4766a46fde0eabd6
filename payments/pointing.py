"""Pointing: where a person finds an object in the processor's own pages."""

from django.conf import settings

_PAGES = "https://dashboard.stripe.com"
_SHELVES = {
    "du_": "disputes",
    "dp_": "disputes",
    "ch_": "payments",
    "py_": "payments",
    "prv_": "radar/reviews",
}


def page_of(ref: str) -> str:
    """The address of an object's page at the processor, of the mode our key is for.

    This function will return an empty text for an object that has no page of its own.
    """
    shelf = next((shelf for prefix, shelf in _SHELVES.items() if ref.startswith(prefix)), "")
    mode = "" if "_live_" in settings.STRIPE_API_KEY else "test/"
    if shelf == "radar/reviews":
        return f"{_PAGES}/{mode}radar/reviews"
    return f"{_PAGES}/{mode}{shelf}/{ref}" if shelf else ""
