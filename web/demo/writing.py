"""Writing: fills an empty installation with the demo, and says how to sign in to it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from ledger.models import Fund, FundText, LegalEntity
from payments.models import BankAccount
from receipts.models import Issuer, PriorTotal
from staff import auditing, roles
from staff.models import User
from web.demo import asking, english, facts, korean, shapes, speaking, ways

TONGUES: tuple[shapes.Tongue, ...] = (english, korean)


def write(*, now: datetime, state_dir: Path) -> Path:
    """Write the demo in one transaction, then note its sign-ins beside the database.

    Safe to repeat: what exists stays as people edited it, except dates that have gone by. The caller has made
    sure that this is a local installation. This function will return the file with the sign-ins.
    """
    with transaction.atomic():
        bodies = {code: _entity(code, now=now) for code in facts.BODIES}
        entity = bodies["US"]
        today = entity.day_of(now)
        funds = {
            body: {code: _fund(code, restriction, entity=bodies[body]) for code, restriction in codes.items()}
            for body, codes in facts.FUNDS.items()
        }
        for code, bank in facts.BANKS.items():
            _bank_account(bodies[code], bank, now=now)
        _prior_total(bodies["KR"], year=today.year - 1)
        for sign_in in facts.SIGN_INS:
            _staff(sign_in, now=now)
        asking.write(bodies=bodies, funds=funds, tongues=TONGUES, today=today, now=now)
        speaking.write(tongues=TONGUES, today=today)
        ways.write(bodies=bodies, now=now)
    return _note_sign_ins(facts.SIGN_INS, state_dir=state_dir)


def _entity(code: str, *, now: datetime) -> LegalEntity:
    entity, is_new = LegalEntity.objects.get_or_create(code=code, defaults=facts.BODIES[code])
    Issuer.objects.get_or_create(entity=entity, defaults={**facts.ISSUERS[code], "changed_at": now})
    if is_new:
        auditing.record(actor=asking.ACTOR, action="demo.written", target=f"entity:{entity.pk}", now=now)
    return entity


def _bank_account(entity: LegalEntity, told: Mapping[str, str], *, now: datetime) -> None:
    if not BankAccount.objects.filter(entity=entity).exists():
        BankAccount.objects.create(entity=entity, added_at=now, **told)


def _prior_total(entity: LegalEntity, *, year: int) -> None:
    """What its books say of the year before the demo began, so that its duties are known (KR-11)."""
    if not PriorTotal.objects.filter(issuer__entity=entity).exists():
        PriorTotal.objects.create(
            issuer=entity.issuer, year=year, currency="KRW", total_minor=facts.SISTER_RECEIPTED_MINOR
        )


def _fund(code: str, restriction: str, *, entity: LegalEntity) -> Fund:
    fund, is_new = Fund.objects.get_or_create(entity=entity, code=code, defaults={"restriction": restriction})
    if is_new:
        FundText.objects.bulk_create(
            FundText(
                fund=fund,
                language=tongue.LANGUAGE,
                name=tongue.FUNDS[code][0],
                purpose=tongue.FUNDS[code][1],
            )
            for tongue in TONGUES
        )
    return fund


def _staff(sign_in: facts.SignIn, *, now: datetime) -> None:
    """The printed password always works: one that was changed is set back."""
    user = User.objects.filter(email__iexact=sign_in.email).first()
    if user is None:
        user = User.objects.create_user(email=sign_in.email, name=sign_in.name, password=sign_in.password)
    elif not user.check_password(sign_in.password):
        user.set_password(sign_in.password)
        user.save(update_fields=["password"])
    roles.grant(user=user, role=sign_in.role, now=now)


def _note_sign_ins(sign_ins: Sequence[facts.SignIn], *, state_dir: Path) -> Path:
    """The launcher prints this file; it is readable by its owner only."""
    rows = [
        {"role": person.role.value, "email": person.email, "password": person.password, "name": person.name}
        for person in sign_ins
    ]
    state_dir.mkdir(parents=True, exist_ok=True)
    path = state_dir / "demo.json"
    draft = path.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"sign_ins": rows}, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
    return path
