"""Staff write how cheques and transfers come; what stood there before is kept, and nobody overwrites another."""

from __future__ import annotations

import pytest

from campaigns import arranging, sourcing
from campaigns.arranging import Detail, Wording
from campaigns.models import SourceCode, WayToGive
from staff.models import AuditEvent, Role, User
from tests import making as people
from tests.campaigns import making
from tests.campaigns.making import NOW

pytestmark = pytest.mark.django_db
WORDS = Wording("Please write a code.", (Detail("Account", "0000 1234"), Detail("Bank", "Example Bank")))


@pytest.fixture
def anna() -> User:
    return people.user(email="anna@example.org", role=Role.FINANCE, now=NOW)


def arrange(actor: User, *, seen: str = "new", **changes: object) -> WayToGive:
    values: dict[str, object] = {
        "entity": making.entity(),
        "kind": WayToGive.Kind.BANK_TRANSFER,
        "currency": "USD",
        "position": 1,
        "is_shown": True,
        "says": {"en": WORDS},
        **changes,
    }
    return arranging.arrange(seen=seen, actor=actor, now=NOW, **values)  # type: ignore[arg-type]


def test_a_way_is_stored_as_written_and_changed_with_its_former_lines_kept(anna: User) -> None:
    way = arrange(anna)
    assert arranging.wordings(way) == {"en": WORDS}
    moved = Wording("New account.", (Detail("Account", "0000 9999"),))
    korean = Wording("", (Detail("계좌", "0000 9999"),))
    again = arrange(anna, seen=arranging.mark(way), says={"en": moved, "ko": korean}, is_shown=False)
    assert again.pk == way.pk
    assert arranging.wordings(again) == {"en": moved, "ko": korean}
    told = AuditEvent.objects.filter(action="way.arranged").order_by("number").last()
    assert told is not None
    assert told.actor == f"user:{anna.pk}"
    assert told.details["before"]["en"]["details"] == [["Account", "0000 1234"], ["Bank", "Example Bank"]]
    assert told.details["after"]["en"]["details"] == [["Account", "0000 9999"]]


def test_two_people_at_once_never_overwrite_each_other(anna: User) -> None:
    way = arrange(anna)
    with pytest.raises(arranging.ChangedMeanwhile):
        arrange(anna, says={"en": Wording("Mine.", ())})
    assert arranging.wordings(way) == {"en": WORDS}
    assert AuditEvent.objects.filter(action="way.arranged").count() == 1


@pytest.mark.parametrize(
    "says",
    [
        {},
        {"ko": WORDS},
        {"en": Wording("  ", ())},
        {"en": Wording("Words.", tuple(Detail(str(n), "x") for n in range(13)))},
    ],
)
def test_nothing_is_shown_without_english_words_or_with_endless_lines(
    anna: User, says: dict[str, Wording]
) -> None:
    with pytest.raises(arranging.UnableToArrange):
        arrange(anna, says=says)
    assert not WayToGive.objects.exists()


def test_a_code_is_named_once_and_retired_once(anna: User) -> None:
    campaign = making.campaign()
    code = sourcing.name(code="table-card", words="Table card", campaign=campaign, actor=anna, now=NOW)
    with pytest.raises(sourcing.NameTaken):
        sourcing.name(code="table-card", words="Another", campaign=campaign, actor=anna, now=NOW)
    assert sourcing.retire(code_id=code.pk, actor=anna, now=NOW)
    assert not sourcing.retire(code_id=code.pk, actor=anna, now=NOW)
    assert SourceCode.objects.get().retired_at == NOW
    actions = AuditEvent.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == ["source.named", "source.retired"]
    with pytest.raises(sourcing.NameTaken):
        sourcing.name(code="table-card", words="Again", campaign=campaign, actor=anna, now=NOW)
