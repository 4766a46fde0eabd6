"""The demo: complete in both languages, safe to repeat, never stale, refused outside a local installation."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Sum

from campaigns import costing
from campaigns.models import Campaign, CampaignText, GivingPage, PresetAmount
from ledger.models import LegalEntity
from ledger.money import Money
from outreach import splitting
from outreach.models import Newsletter, PrayerPoint, Tour, TourStop
from receipts import filing_hometax
from receipts.rules import korea
from staff import auditing, roles
from staff.models import Role, User
from web.demo import english, facts, korean, writing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
"""It is still the evening before in New York."""


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """A slow hash is for real passwords; these are printed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, Any]:
    path = writing.write(now=NOW, state_dir=tmp_path)
    assert path == tmp_path / "demo.json"
    assert path.stat().st_mode & 0o077 == 0
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def counts() -> dict[str, int]:
    rooms = ("ledger", "staff", "campaigns", "outreach")
    return {
        model.__name__: model._default_manager.count()
        for room in rooms
        for model in apps.get_app_config(room).get_models()
    }


def test_writing_twice_adds_nothing_and_keeps_edits(kept: dict[str, Any], tmp_path: Path) -> None:
    before = counts()
    CampaignText.objects.filter(campaign__slug="family", language="en").update(title="Edited by a person")
    writing.write(now=NOW + timedelta(hours=1), state_dir=tmp_path)
    assert counts() == before
    assert CampaignText.objects.filter(title="Edited by a person").exists()
    assert auditing.broken_links() == []


@pytest.mark.parametrize("months", [3, 8, 14])
def test_a_demo_started_again_later_is_not_stale(kept: dict[str, Any], tmp_path: Path, months: int) -> None:
    later = NOW + timedelta(days=30 * months)
    day = later.astimezone(ZoneInfo("America/New_York")).date()
    writing.write(now=later, state_dir=tmp_path)
    family = Campaign.objects.get(slug="family")
    cost = costing.cost_on(family, day)
    assert cost is not None
    assert costing.is_fresh(cost, day)
    assert Campaign.objects.urgent(day=day).get() == family
    spring = Tour.objects.current().get(season="spring")
    assert all(stop.starts_on and stop.starts_on > day for stop in spring.stops.all())


def test_cost_rose_tenfold_and_the_group_goal_is_its_cost(kept: dict[str, Any]) -> None:
    family = Campaign.objects.get(slug="family")
    oldest = costing.cost_on(family, date(2015, 1, 1))
    newest = costing.cost_on(family, TODAY)
    assert oldest is not None
    assert newest is not None
    assert newest.amount_minor == 10 * oldest.amount_minor == 17_000_00
    assert newest.heads.aggregate(whole=Sum("amount_minor"))["whole"] == newest.amount_minor
    group = family.need_groups.get()
    assert (group.size, group.is_all_or_nothing) == (3, True)
    assert costing.group_goal(group, cost=newest) == family.goal


def test_every_open_campaign_takes_gifts_and_the_finished_one_does_not(kept: dict[str, Any]) -> None:
    takes = [each.slug for each in Campaign.objects.takes_gifts().in_order()]
    assert takes == ["family", "safe-house", "workers", "general", "beginning-again"]
    center = Campaign.objects.public().get(slug="community-center")
    assert (center.status, center.finished_years) == ("closed", 3)
    phases = list(center.phases.order_by("position"))
    assert [phase.percent for phase in phases] == [100, 100, 100]
    assert center.closed_on is not None
    assert phases[-1].finished_on == center.closed_on
    assert (center.closed_on - phases[0].started_on).days in range(1090, 1100)


def test_every_ladder_has_one_modest_default_above_the_minimum(kept: dict[str, Any]) -> None:
    ladders: dict[tuple[int, str], list[PresetAmount]] = {}
    for preset in PresetAmount.objects.select_related("page_currency").order_by("position"):
        ladders.setdefault((preset.page_currency_id, preset.frequency), []).append(preset)
    assert len(ladders) == 18
    for ladder in ladders.values():
        amounts = [preset.amount_minor for preset in ladder]
        (default,) = [preset.amount_minor for preset in ladder if preset.is_default]
        assert 3 <= len(amounts) <= 6
        assert amounts == sorted(amounts)
        assert default <= amounts[len(amounts) // 2]
        assert amounts[0] >= ladder[0].page_currency.minimum_minor


def test_everything_is_told_in_both_languages(kept: dict[str, Any]) -> None:
    told = 0
    for room in ("ledger", "campaigns", "outreach"):
        for model in apps.get_app_config(room).get_models():
            if any(field.name == "language" for field in model._meta.fields):
                languages = model._default_manager.values_list("language", flat=True)
                told += len(languages)
                assert sorted(languages) == ["en"] * (len(languages) // 2) + ["ko"] * (len(languages) // 2)
    assert told > 60


def test_letters_have_four_points_and_one_is_answered(kept: dict[str, Any]) -> None:
    newest, older = Newsletter.objects.published().newest_first()
    assert (newest.content_note, older.content_note) == (True, False)
    assert newest.published_at is not None
    assert newest.published_at < NOW
    assert TODAY - newest.week_on < timedelta(days=15)
    assert newest.week_on.weekday() == 0
    answered = PrayerPoint.objects.get(answered_on__isnull=False)
    assert answered.newsletter == newest
    assert answered.answered_on is not None
    assert newest.published_at.date() < answered.answered_on < TODAY + timedelta(days=1)
    assert {letter.prayer_points.count() for letter in (newest, older)} == {4}


def test_spring_stops_are_those_of_the_prototype(kept: dict[str, Any]) -> None:
    stops = TourStop.objects.filter(tour__slug="spring-2027").order_by("position")
    assert [(stop.starts_on, stop.ends_on, stop.state) for stop in stops] == [
        (date(2027, 4, 19), date(2027, 4, 29), "open"),
        (date(2027, 5, 7), date(2027, 5, 10), "held"),
        (date(2027, 5, 27), None, "full"),
    ]


def test_the_organization_is_the_invented_one(kept: dict[str, Any]) -> None:
    entity = LegalEntity.objects.order_by("id")[0]
    assert (entity.code, entity.legal_name, entity.registration) == (
        "US",
        "Harbour Mission Inc.",
        "EIN 00-0000000",
    )
    assert set(entity.funds.values_list("code", flat=True)) == {"GEN", "RSC", "SAF", "CTR", "WRK"}


def test_a_sister_body_stands_under_korean_law(kept: dict[str, Any]) -> None:
    first, sister = LegalEntity.objects.order_by("id").select_related("issuer")
    assert (sister.code, sister.legal_name, sister.paper, sister.base_currency) == (
        "KR",
        "하버선교회",
        "a4",
        "KRW",
    )
    assert (first.issuer.law, sister.issuer.law) == ("US", "KR")
    assert len({first.issuer.prefix, sister.issuer.prefix, ""}) == 3
    assert korea.is_business_number(sister.registration)
    assert filing_hometax.prior_receipts(entity_id=sister.pk, given_in=TODAY.year) == Money(42_000_000, "KRW")
    page = GivingPage.objects.get(entity=sister)
    assert (page.campaign.slug, [row.currency for row in page.currencies.all()]) == (
        "beginning-again",
        ["KRW"],
    )
    assert {choice.fund.entity_id for choice in page.funds.all()} == {sister.pk}


def test_printed_sign_ins_open_the_door(kept: dict[str, Any]) -> None:
    assert [row["role"] for row in kept["sign_ins"]] == ["admin", "finance", "approver", "editor", "viewer"]
    for row in kept["sign_ins"]:
        assert set(row) == {"role", "email", "password", "name"}
        assert row["email"].endswith("@example.org")
        assert len(row["password"]) >= 12
        user = authenticate(None, email=row["email"], password=row["password"])
        assert isinstance(user, User)
        assert roles.held_by(user) == {Role(row["role"])}


def test_a_changed_password_is_set_back(kept: dict[str, Any], tmp_path: Path) -> None:
    finance = User.objects.get(email="finance@example.org")
    finance.set_password("something-else-entirely")
    finance.save(update_fields=["password"])
    writing.write(now=NOW, state_dir=tmp_path)
    finance.refresh_from_db()
    assert finance.check_password("harbor-finance-demo")


def test_refused_outside_a_local_installation(settings: Any, tmp_path: Path) -> None:
    settings.INSECURE_LOCAL, settings.STATE_DIR = False, tmp_path
    with pytest.raises(CommandError):
        call_command("demodata")
    assert not LegalEntity.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_and_says_where(settings: Any, tmp_path: Path, capsys: Any) -> None:
    settings.INSECURE_LOCAL, settings.STATE_DIR = True, tmp_path
    settings.RECEIPT_KEYS = tmp_path / "receipt-keys"
    call_command("demodata")
    assert {path.name for path in settings.RECEIPT_KEYS.iterdir()} == {
        "seal.pem",
        "us.pem",
        "kr.pem",
        "receipt-keys.json",
    }
    assert str(tmp_path / "demo.json") in capsys.readouterr().out
    assert Campaign.objects.count() == len(facts.EFFORTS)


def said(tongue: Any) -> str:
    return repr(
        [tongue.FUNDS, tongue.CAMPAIGNS, tongue.COST_HEADS, tongue.PHASES, tongue.LETTERS, tongue.TOURS]
    )


def test_words_respect_people_and_stay_neutral() -> None:
    both = said(english) + said(korean)
    assert not re.search(r"(buy|sponsor|adopt) (a|one) (defector|refugee|person)", both, re.IGNORECASE)
    assert not re.search(r"north korea|dprk|defector|pyongyang|china|북한|탈북|중국", both, re.IGNORECASE)
    assert not re.search(r"[\U0001F300-\U0001FAFF]", both)


@pytest.mark.parametrize("tongue", [english, korean])
def test_both_languages_have_the_same_shape(tongue: Any) -> None:
    assert set(tongue.FUNDS) == {code for codes in facts.FUNDS.values() for code in codes}
    assert set(tongue.CAMPAIGNS) == {effort.slug for effort in facts.EFFORTS}
    for slug, words in tongue.CAMPAIGNS.items():
        assert words["terms"], slug
        assert max(len(words["lead"]), len(words["sentence"])) <= 160, slug
    assert len(tongue.COST_HEADS) == len(facts.COST_HEADS_MINOR)
    assert len(tongue.STOPS) == len(facts.STOPS)


@pytest.mark.parametrize("tongue", [english, korean])
def test_the_letters_survive_being_pasted_and_split(tongue: Any) -> None:
    for letter in tongue.LETTERS:
        points = "\n".join(f"{number}. {text}" for number, text in enumerate(letter["points"], start=1))
        pasted = f"{letter['body']}\n\n{points} {letter['closing']}"
        assert splitting.split(pasted) == splitting.Split(
            body=letter["body"], points=letter["points"], closing=letter["closing"]
        )
