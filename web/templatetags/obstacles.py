"""What keeps a batch from being posted, in words."""

from django import template

from web.office import posting_batches

register = template.Library()


@register.filter
def obstacle(code: str) -> str:
    """This function will return the words of a code."""
    return str(posting_batches.OBSTACLES.get(code, code))
