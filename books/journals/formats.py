"""Which module writes for which target."""

from books.journals import (
    beancount,
    civicrm,
    generic,
    intacct,
    quickbooks_desktop,
    quickbooks_online,
    sage_50,
    xero,
)
from books.journals.shapes import Format
from books.models import Target

FORMATS: dict[str, Format] = {
    Target.GENERIC: generic.FORMAT,
    Target.QUICKBOOKS_ONLINE: quickbooks_online.FORMAT,
    Target.QUICKBOOKS_DESKTOP: quickbooks_desktop.FORMAT,
    Target.XERO: xero.FORMAT,
    Target.SAGE_50: sage_50.FORMAT,
    Target.INTACCT: intacct.FORMAT,
    Target.CIVICRM: civicrm.FORMAT,
    Target.BEANCOUNT: beancount.FORMAT,
}
