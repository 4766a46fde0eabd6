"""Quoting: what staff copy into another site, for each campaign, language and source, with a look at the result."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns import telling
from campaigns.models import Campaign, Site, SourceCode
from staff.models import Role
from web.embed import fitting
from web.giving import reading
from web.office.admitting import admit

KINDS = {
    "chooser": gettext_lazy("Amounts to choose from"),
    "card": gettext_lazy("Campaign card"),
    "progress": gettext_lazy("Progress line"),
    "prayer": gettext_lazy("Prayer list"),
    "tour": gettext_lazy("Next tour dates"),
}
OF_ONE_CAMPAIGN = ("chooser", "card", "progress")


@dataclass(frozen=True)
class Snippet:
    """`words` are copied as they stand."""

    name: str
    title: str
    advice: str
    words: str


class AskForm(forms.Form):
    """What to copy. Every field has a first choice, so the page says something at once."""

    kind = forms.ChoiceField(label=gettext_lazy("What to show"), required=False, choices=list(KINDS.items()))
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False, choices=settings.LANGUAGES)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "sources", "autocapitalize": "none"}),
    )
    site = forms.ChoiceField(label=gettext_lazy("Way back to"), required=False)
    width = forms.ChoiceField(
        label=gettext_lazy("Width of the preview"),
        required=False,
        choices=[(width, f"{width} px") for width in reversed(fitting.WIDTHS)],
    )

    def __init__(self, typed: QueryDict, *, titles: dict[str, str], sites: dict[str, str]) -> None:
        super().__init__(typed)
        self.fields["campaign"].choices = list(titles.items())  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", _("No way back")), *sites.items()]  # type: ignore[attr-defined]

    def clean_source(self) -> str:
        return reading.source(str(self.cleaned_data["source"]))


@admit(Role.EDITOR)
@require_GET
@csp_update({"frame-src": ["'self'"]})
def snippets(request: HttpRequest) -> HttpResponse:
    """This function will show three snippets and the frame itself, at a width people really have."""
    titles = _titles()
    ways = Site.objects.filter(is_active=True).exclude(return_url="").order_by("name", "id")
    form = AskForm(request.GET, titles=titles, sites=dict(ways.values_list("code", "name")))
    is_understood = form.is_valid()
    asked = _asked(form.cleaned_data, titles=titles) if titles else {}
    context: dict[str, Any] = {"form": form, "heights": _heights(), "has_campaigns": bool(titles)}
    if asked:
        context |= {
            "snippets": _snippets(asked),
            "preview": _embed_path(asked, t="blank"),
            "width": form.cleaned_data.get("width") or fitting.WIDTHS[-1],
            "height": fitting.HEIGHTS[asked["kind"]],
            "title": asked["title"],
            "sources": SourceCode.objects.filter(retired_at__isnull=True).order_by("code"),
        }
    return render(request, "office/snippets.html", context, status=200 if is_understood else 400)


def _titles() -> dict[str, str]:
    language = get_language() or "en"
    rows = Campaign.objects.public().in_order().prefetch_related("texts")
    return {
        row.slug: telling.told(row.texts.all(), language=language).title for row in rows if row.texts.all()
    }


def _asked(cleaned: dict[str, Any], *, titles: dict[str, str]) -> dict[str, str]:
    slug = cleaned.get("campaign") or next(iter(titles))
    kind = cleaned.get("kind") or "chooser"
    language = cleaned.get("language") or (get_language() or "en")[:2]
    with translation.override(language):
        title = _title(kind, slug=slug, language=language)
    return {
        "kind": kind,
        "slug": slug,
        "language": language,
        "source": cleaned.get("source") or "wix",
        "site": cleaned.get("site") or "",
        "title": title,
    }


def _title(kind: str, *, slug: str, language: str) -> str:
    """What a screen reader says of the frame: in the language of the frame."""
    if kind not in OF_ONE_CAMPAIGN:
        return str(KINDS[kind])
    campaign = Campaign.objects.prefetch_related("texts").get(slug=slug)
    title = telling.told(campaign.texts.all(), language=language).title
    return _("Give: %(title)s") % {"title": title} if kind == "chooser" else title


def _embed_path(asked: dict[str, str], *, mark: str = "", **more: str) -> str:
    args = [asked["language"], asked["slug"]] if asked["kind"] in OF_ONE_CAMPAIGN else [asked["language"]]
    query = {"src": f"{asked['source']}{mark}"[:60], "return": asked["site"], **more}
    path = reverse(f"embed:{asked['kind']}", args=args)
    return f"{path}?{urlencode({key: value for key, value in query.items() if value})}"


def _page_path(asked: dict[str, str]) -> str:
    """The whole page a plain link leads to."""
    names = {"chooser": "giving:give", "card": "giving:campaign", "progress": "giving:campaign"}
    place = {"prayer": "#pray", "tour": "#tour"}.get(asked["kind"], "")
    query = urlencode(
        {key: asked[name] for key, name in (("src", "source"), ("return", "site")) if asked[name]}
    )
    with translation.override(asked["language"]):
        name = names.get(asked["kind"])
        path = reverse(name, args=[asked["slug"]]) if name else reverse("giving:home")
    return f"{path}?{query}{place}"


def _snippets(asked: dict[str, str]) -> list[Snippet]:
    height = fitting.HEIGHTS[asked["kind"]]
    frame = format_html(
        '<iframe src="{}" title="{}"\n  width="100%" height="{}" style="border:0;max-width:30rem" loading="lazy"'
        ' referrerpolicy="strict-origin"></iframe>',
        f"{settings.BASE_URL}{_embed_path(asked, mark='-code', t='blank')}",
        asked["title"],
        height,
    )
    return [
        Snippet(
            "link",
            _("1. Best: a button or menu entry that links here"),
            _(
                "In Wix: add a button, choose Link, then Web address. It works on every plan and on every phone."
            ),
            f"{settings.BASE_URL}{_page_path(asked)}",
        ),
        Snippet(
            "address",
            _("2. Embed a site: paste this address"),
            _(
                "In Wix: Add, Embed, Embed a site. Set the height to %(height)s pixels, also in the view for phones."
            )
            % {"height": height},
            f"{settings.BASE_URL}{_embed_path(asked, mark='-embed')}",
        ),
        Snippet(
            "code",
            _("3. Embed HTML: paste this code (a Wix code box, WordPress and others)"),
            _("Some code boxes may not lead the whole page away, so the button opens a new tab here."),
            str(frame),
        ),
    ]


def _heights() -> list[tuple[str, int]]:
    return [(str(KINDS[kind]), height) for kind, height in fitting.HEIGHTS.items()]
