"""Living: the mission's two years before today, made by the deeds of the office in the order in which they come."""

from collections.abc import Mapping
from datetime import datetime

from donations.models import Donation
from donors import keeping
from donors.models import Donor
from ledger.models import LegalEntity
from payments.models import BankAccount
from receipts import issuing
from staff import auditing
from staff.models import AuditEvent, Role, User
from web.demo import asking, facts
from web.demo.years import banking, charging, closing, counting, people, promising
from web.demo.years.calendar import Years
from web.demo.years.charging import Street
from web.demo.years.counting import id_of

BEGUN, DONE = "demo.years_begun", "demo.years_written"


def live(*, street: Street, now: datetime) -> bool:
    """Write the two years once, into books that are empty: nobody's own gifts get a past.

    Interrupted, it goes on where it stopped: every deed knows what it did. This function will return whether there was
    anything to write.
    """
    if AuditEvent.objects.filter(action=DONE).exists():
        return False
    entity = LegalEntity.objects.get(code="US")
    began = AuditEvent.objects.filter(action=BEGUN).order_by("number").first()
    if began is None:
        if Donation.objects.exists():
            return False
        began = auditing.record(actor=asking.ACTOR, action=BEGUN, target=f"entity:{entity.pk}", now=now)
    years = Years(now=began.at, zone=entity.zone)
    actor = _sign_in(Role.FINANCE)
    donors = _donors(years, actor=actor)
    accounts = {account.entity.code: account for account in BankAccount.objects.select_related("entity")}
    charging.charge(years=years, donors=donors, street=street)
    counting.count(years=years, donors=donors, account=accounts["US"], actor=actor)
    promising.promise(years=years, donors=donors, entity=entity, actor=actor)
    issuing.issue_due(now=years.now)
    banking.bank(years=years, donors=donors, accounts=accounts, actor=actor)
    closing.close(years=years, entity=entity, actor=actor)
    auditing.record(actor=asking.ACTOR, action=DONE, target=f"entity:{entity.pk}", now=now)
    return True


def _sign_in(role: Role) -> User:
    (email,) = [person.email for person in facts.SIGN_INS if person.role == role]
    return User.objects.get(email=email)


def _donors(years: Years, *, actor: User) -> Mapping[str, Donor]:
    return {
        person.name: keeping.add(
            donor_id=id_of(f"donor:{person.email}"),
            profile={
                "kind": person.kind,
                "name": person.name,
                "email": person.email,
                "language": person.language,
                "receipt_rhythm": person.rhythm,
                "address": person.address,
            },
            actor=actor,
            now=years.at(years.first(0), 7),
        )
        for person in people.PEOPLE
    }
