"""Web sites: where our embeds may stand and where a giver may be led back to. An editor reads, an admin decides."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import hosting
from campaigns.models import Site, SiteOrigin
from staff import roles
from staff.models import Role, User
from web.office.admitting import admit

WORDS = {
    "code": gettext_lazy("2 to 40 small letters, digits or hyphens."),
    "code_taken": gettext_lazy("Another site has this code already."),
    "name": gettext_lazy("Write a name of up to 120 characters."),
    "address": gettext_lazy("Write an address that begins with https:// and holds no name, space or quote."),
    "domain": gettext_lazy("This is not a domain: write it like church.example.org."),
    "origin": gettext_lazy(
        "Only the beginning of the address is needed, up to the domain: https://church.example.org"
    ),
    "wildcard": gettext_lazy("A star here would mean everybody in that country; write the domain before it."),
    "return_url": gettext_lazy("An address can have up to 300 characters."),
}
"""What to change, by the code of `hosting.UnableToHost`."""
_FIELDS = {"code": "code", "code_taken": "code", "name": "name"}


class SiteForm(forms.Form):
    """A site's name and way back; whether they can be registered is judged by the deed."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    return_url = forms.CharField(
        label=gettext_lazy("Way back after a gift"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("An https address of that site. Empty: no way back is shown."),
    )


class RegisterForm(SiteForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Stands in the addresses (return=code) and cannot be changed later."),
    )
    field_order = ("name", "code", "return_url")


class ChangeForm(SiteForm):
    is_active = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)


class OriginForm(forms.Form):
    origin = forms.CharField(
        label=gettext_lazy("Where its pages are"),
        max_length=250,
        help_text=gettext_lazy("For example https://church.example.org or https://*.church.example.org"),
    )


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("only people who are signed in get here")
    return request.user


def _may_decide(request: HttpRequest) -> bool:
    return roles.may(request.user, roles=[Role.ADMIN])


@admit(Role.EDITOR)
@require_GET
def websites(request: HttpRequest) -> HttpResponse:
    """Every registered site with where it may frame us from."""
    return _listed(request, RegisterForm())


def _listed(request: HttpRequest, form: RegisterForm, *, status: int = 200) -> HttpResponse:
    sites = Site.objects.prefetch_related("origins").order_by("name", "id")
    context = {
        "sites": sites,
        "form": form,
        "may_decide": _may_decide(request),
        "has_wix": any(site.code == hosting.WIX and site.is_active for site in sites),
        "wix_origins": hosting.WIX_ORIGINS,
    }
    return render(request, "office/websites.html", context, status=status)


@admit(Role.ADMIN)
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST)
    if form.is_valid():
        try:
            site = hosting.register(**form.cleaned_data, actor=_actor(request), now=timezone.now())
        except hosting.UnableToHost as error:
            form.add_error(_FIELDS.get(error.code, "return_url"), str(WORDS[error.code]))
        else:
            messages.success(request, _("The site is registered. Now add where its pages are."))
            return redirect("office:website", pk=site.pk)
    return _listed(request, form, status=422)


@admit(Role.ADMIN)
@require_POST
def wix(request: HttpRequest) -> HttpResponse:
    site = hosting.switch_on_wix(actor=_actor(request), now=timezone.now())
    messages.success(request, _("Wix is switched on. Add your own domain if the site has one."))
    return redirect("office:website", pk=site.pk)


def _site(pk: int) -> Site:
    return get_object_or_404(Site.objects.prefetch_related("origins"), pk=pk)


def _page(
    request: HttpRequest,
    site: Site,
    *,
    change: ChangeForm | None = None,
    add: OriginForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = {"name": site.name, "return_url": site.return_url, "is_active": site.is_active}
    context = {
        "site": site,
        "origins": sorted(site.origins.all(), key=lambda row: row.origin),
        "change": change or ChangeForm(initial=now),
        "add": add or OriginForm(),
        "may_decide": _may_decide(request),
    }
    return render(request, "office/website.html", context, status=status)


@admit(Role.EDITOR)
@require_GET
def website(request: HttpRequest, pk: int) -> HttpResponse:
    """One site: its name, its way back, and every origin that may stand above our frame."""
    return _page(request, _site(pk))


@admit(Role.ADMIN)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    site, form = _site(pk), ChangeForm(request.POST)
    if form.is_valid():
        try:
            hosting.change(site_id=pk, **form.cleaned_data, actor=_actor(request), now=timezone.now())
        except hosting.UnableToHost as error:
            form.add_error(_FIELDS.get(error.code, "return_url"), str(WORDS[error.code]))
        else:
            messages.success(request, _("Kept. Frames follow within a minute."))
            return redirect("office:website", pk=pk)
    return _page(request, site, change=form, status=422)


@admit(Role.ADMIN)
@require_POST
def add_origin(request: HttpRequest, pk: int) -> HttpResponse:
    site, form = _site(pk), OriginForm(request.POST)
    if form.is_valid():
        try:
            hosting.add_origin(
                site_id=pk,
                typed=_typed(form.cleaned_data["origin"]),
                actor=_actor(request),
                now=timezone.now(),
            )
        except hosting.UnableToHost as error:
            form.add_error("origin", str(WORDS[error.code]))
        else:
            messages.success(request, _("Kept. Frames follow within a minute."))
            return redirect("office:website", pk=pk)
    return _page(request, site, add=form, status=422)


def _typed(origin: object) -> str:
    """Domains are copied without their beginning as often as with it."""
    text = str(origin).strip()
    return text if "://" in text else f"https://{text}"


@admit(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; the second press removes the site with its origins."""
    site = _site(pk)
    if request.method == "POST":
        hosting.remove(site_id=pk, actor=_actor(request), now=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": site.name})
        return redirect("office:websites")
    return render(request, "office/website_remove.html", {"site": site})


@admit(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def remove_origin(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; the second press stops one origin from framing us."""
    row = get_object_or_404(SiteOrigin.objects.select_related("site"), pk=pk)
    if request.method == "POST":
        hosting.remove_origin(origin_id=pk, actor=_actor(request), now=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": row.origin})
        return redirect("office:website", pk=row.site_id)
    return render(request, "office/website_remove.html", {"site": row.site, "origin": row})
