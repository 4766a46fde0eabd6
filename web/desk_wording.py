"""Words for gifts over the desk, one by one or in a batch: why something cannot be written down."""

from django.utils.translation import gettext_lazy as _

from web.tax_wording import Words

REFUSALS: Words = {
    "resident_number": _("A resident number is never kept here. Leave it out."),
    "amount": _("The amount must be above zero."),
    "sum": _("The parts do not add up to the amount."),
    "fund": _("All funds must be open and of the same organization."),
    "description": _("Describe what was given."),
    "ticket": _("Describe what was given in return."),
    "merged": _("This giver was merged into another; choose that one."),
    "parted": _("These two have parted: choose one of them."),
    "organization": _("The giver of this kind is an organization: the fund, the employer or the charity."),
    "person": _("The giver of this kind is a person."),
    "self": _("Who gave it is not thanked a second time."),
    "day": _("This day cannot be."),
    "later": _("It cannot be given after it reached us."),
    "weak_basis": _(
        "Around the new year the day decides about the tax year. Look for a postmark, or confirm below."
    ),
    "twin": _("A check like this was entered before: see below."),
    "other": _("This cannot be entered."),
}
