"""Printing: receipts that go by post, set into one file by postcode, with labels; somebody says when they are gone."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from receipts import posting_letters
from receipts.models import PrintFile
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit


class MakeForm(forms.Form):
    """Whose queue; the id is made with the page, so that two presses are one file."""

    entity = forms.IntegerField(min_value=1)
    request = forms.UUIDField()


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("only people who are signed in get here")
    return request.user


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the printer, in the order it is printed in, and the files of the last weeks."""
    context = {
        "queues": [(each, uuid.uuid4()) for each in posting_letters.queues()],
        "files": posting_letters.files(),
        "thanks": posting_letters.thanks_waiting(),
        "most": posting_letters.MOST,
    }
    return render(request, "office/print_queue.html", context)


@admit(Role.FINANCE)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    form = MakeForm(request.POST)
    if not form.is_valid():
        return redirect("office:print_queue")
    made = posting_letters.make(
        entity_id=form.cleaned_data["entity"],
        request_id=form.cleaned_data["request"],
        actor=_actor(request),
        now=timezone.now(),
    )
    if made is None:
        messages.info(request, _("Nothing waits for the printer."))
    else:
        messages.success(
            request, _("The print file is ready. Print it and the labels, then mark it as printed.")
        )
    return redirect("office:print_queue")


@admit(Role.FINANCE)
@require_GET
def file(request: HttpRequest, pk: uuid.UUID, part: str) -> HttpResponse:
    """The receipts or the labels of a print file, set anew from what is stored. Reading it is written down."""
    found = get_object_or_404(PrintFile, pk=pk)
    content = posting_letters.part_of(print_file=found, part=part)
    if content is None:
        raise Http404("no such part")
    auditing.record(
        actor=_actor(request), action=f"read {part} to print", target=f"print_file:{pk}", now=timezone.now()
    )
    name = found.labels_file if part == "labels" else found.receipts_file
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@admit(Role.FINANCE)
@require_POST
def printed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody has put these letters into the post."""
    if posting_letters.mark_printed(print_file_id=pk, actor=_actor(request), now=timezone.now()):
        messages.success(request, _("Marked as printed and sent."))
    return redirect("office:print_queue")


@admit(Role.FINANCE)
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Letters of thanks that go on paper, each on a page of its own, for the browser's own printing."""
    auditing.record(actor=_actor(request), action="read thanks to print", target="thanks", now=timezone.now())
    return render(request, "office/print_thanks.html", {"letters": posting_letters.thanks_letters()})


@admit(Role.FINANCE)
@require_POST
def thanks_printed(request: HttpRequest) -> HttpResponse:
    ids = [int(name) for name in request.POST.getlist("id") if name.isascii() and name.isdecimal()]
    if posting_letters.mark_thanks(
        ids=ids[: posting_letters.MOST], actor=_actor(request), now=timezone.now()
    ):
        messages.success(request, _("Marked as printed and sent."))
    return redirect("office:print_queue")
