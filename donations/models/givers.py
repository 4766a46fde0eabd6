"""What a giver says about themselves with a gift because the law of the receiving body asks for it."""

from django.db import models


class GiverDetail(models.Model):
    """Name as the law wants it and address, typed on the form of a body whose receipts need them (CA-08, KR-03).

    Forms of other bodies do not ask and have no row. A number of a person is asked for nowhere.
    """

    checkout = models.OneToOneField("donations.Checkout", on_delete=models.PROTECT, related_name="giver")
    first_name = models.CharField(max_length=60, blank=True)
    initial = models.CharField(max_length=4, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    address = models.TextField(max_length=600)
    postcode = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"giver of {self.checkout_id}"
