"""Recognizing: which notices tell nothing that is not in the books already."""

from django.db import connection

# A card gift is told of three or four times: by its charge, its payment, its page, and once its fee is known. These
# notices say nothing else, so whichever comes first is fetched, and the others find the gift in the books by this key.
# A session that began a plan also makes the plan known: its donation alone does not say that all is done.
_BY_SESSION = (
    "d.plan_id IS NULL AND d.checkout_id = (SELECT id FROM donations_checkout WHERE session_ref = %s)"
)
TELL_OF_A_GIFT = {
    "charge.succeeded": "d.processor_ref = %s",
    "charge.updated": "d.processor_ref = %s",
    "payment_intent.succeeded": "d.payment_ref = %s",
    "checkout.session.completed": _BY_SESSION,
    "checkout.session.async_payment_succeeded": _BY_SESSION,
}
_IN_THE_BOOKS = """
SELECT 1 FROM donations_donation d JOIN payments_balancetransaction b ON b.source_ref = d.processor_ref WHERE """


def is_in_the_books(*, kind: str, ref: str) -> bool:
    """Whether all that such a notice could tell was fetched and posted before: the donation and its fee.

    This function will ask our own books only.
    """
    key = TELL_OF_A_GIFT.get(kind)
    if key is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_IN_THE_BOOKS + key, [ref])
        return cursor.fetchone() is not None
