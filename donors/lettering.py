"""Lettering: a message becomes a mail of two equal parts, plain and HTML, made from the same paragraphs.

The HTML part has inline styles only, no image, no script, nothing that is fetched. Only addresses of our own house
become links, so a name that looks like an address stays a name.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from donors import unsubscribing
from donors.models import Message
from paper import storing

LONGEST_LABEL = 48
_ADDRESS = re.compile(r"(?:^|(?<=\s))(https?://\S+)$")


@dataclass(frozen=True, slots=True)
class Button:
    """A link of our own house; the first of a letter is drawn as the one thing to press."""

    label: str
    href: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text, and the button that ends them, if they end in an address of ours."""

    lines: list[str]
    button: Button | None = None


def letter(message: Message, *, now: datetime) -> EmailMultiAlternatives:
    """The same message gives the same letter each time but for its date; its id never changes, so a mail server that
    did accept the first of two drops the second. Raises storing.DocumentDamaged and storing.DocumentNotFound.

    This function will return the mail, ready to be handed to the mail server.
    """
    leave_at = unsubscribing.address(message)
    text = _text(message, leave_at=leave_at)
    sender = settings.EMAIL_FROM or message.sender
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        # What comes back goes to the address that reads it, when there is one (docs/operating.md).
        from_email=settings.BOUNCE_ADDRESS or sender,
        to=[message.to_email],
        headers=_headers(message, sender=sender, leave_at=leave_at, now=now),
    )
    mail.attach_alternative(html(message, text=text), "text/html")
    for attachment in message.attachments.select_related("document"):
        content = storing.load(sha256=attachment.document_id)
        mail.attach(attachment.filename, content, attachment.document.media_type)
    return mail


def _headers(message: Message, *, sender: str, leave_at: str, now: datetime) -> dict[str, str]:
    domain = urlsplit(settings.BASE_URL).hostname
    headers = {
        "From": sender,
        "Date": format_datetime(now),
        "Message-ID": f"<{message.pk}@{domain}>",
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",
        # No automatic answer from Exchange; reports of what was not delivered still come.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if leave_at:
        headers["List-Unsubscribe"] = f"<{leave_at}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _text(message: Message, *, leave_at: str) -> str:
    if not leave_at:
        return message.text
    with translation.override(message.language):
        return f"{message.text}\n\n{_('No more mail of this kind:')}\n{leave_at}"


def html(message: Message, *, text: str) -> str:
    """This function will return the HTML part: the same words in the same order, links as buttons."""
    with translation.override(message.language):
        shown = paragraphs(text)
        return render_to_string(
            "donors/letter.html",
            {"language": message.language, "title": message.subject, "paragraphs": shown},
        )


def paragraphs(text: str) -> list[Paragraph]:
    """A paragraph that ends in an address of ours loses it to a button: short words become what the button says,
    longer ones stay above it. This function will return the paragraphs in their order.
    """
    made: list[Paragraph] = []
    has_button = False
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.strip().split("\n") if line.strip()]
        if not lines:
            continue
        href = _own_address(lines[-1])
        if not href:
            made.append(Paragraph(lines))
            continue
        words = [*lines[:-1], lines[-1].removesuffix(href).strip()]
        words = [line for line in words if line]
        label = words[0].rstrip(":： ") if len(words) == 1 else ""
        if label and len(label) <= LONGEST_LABEL:
            words = []
        else:
            label = _("Open the page")
        made.append(Paragraph(words, Button(label, href, is_first=not has_button)))
        has_button = True
    return made


def _own_address(line: str) -> str:
    found = _ADDRESS.search(line)
    if found is None:
        return ""
    try:
        asked, ours = urlsplit(found[1]), urlsplit(settings.BASE_URL)
    except ValueError:
        return ""
    return found[1] if (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc) else ""
