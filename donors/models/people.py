"""Donors: who gives, whom they are with, what they agreed to, and what changed about them."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Donor(models.Model):
    """A person or organization the charity knows.

    `email_key` and `name_key` are normalized for matching: the same pair is the same donor, the same e-mail
    alone is not (couples share one). Merging points at the survivor; nothing is repointed or deleted. A joint donor
    bears two people's names; `JointMember` says whose. `business_number` is an organization's (사업자등록번호): a
    person's number has no place here. `title`, `first_name`, `initial`, `last_name` are kept only where a law asks.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANIZATION = "organization"
        JOINT = "joint"

    class Rhythm(models.TextChoices):
        """How often receipts come; empty is what the issuer does for everybody."""

        EACH = "each"
        ANNUAL = "annual"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=120)
    local_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    name_key = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="en")
    address = models.TextField(max_length=600, blank=True)
    postcode = models.CharField(max_length=12, blank=True, default="", db_default="")
    country = models.CharField(max_length=2, blank=True, default="", db_default="")
    phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    title = models.CharField(max_length=12, blank=True, default="", db_default="")
    first_name = models.CharField(max_length=60, blank=True, default="", db_default="")
    initial = models.CharField(max_length=4, blank=True, default="", db_default="")
    last_name = models.CharField(max_length=60, blank=True, default="", db_default="")
    business_number = models.CharField(max_length=12, blank=True, default="", db_default="")
    shown_as = models.CharField(max_length=80, blank=True, default="", db_default="")
    receipt_rhythm = models.CharField(max_length=6, choices=Rhythm, blank=True, default="", db_default="")
    wants_post = models.BooleanField(default=False, db_default=False)
    do_not_contact = models.BooleanField(default=False, db_default=False)
    died_on = models.DateField(null=True)
    email_failed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["email_key", "name_key"],
                condition=Q(merged_into__isnull=True) & ~Q(email_key=""),
                name="donor_unique_by_email_and_name",
            ),
            CheckConstraint(condition=~Q(name=""), name="donor_has_a_name"),
            CheckConstraint(
                condition=Q(business_number="") | Q(kind="organization"),
                name="donor_number_only_of_an_organization",
            ),
            CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="donor_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["email_key"], name="donor_by_email"),
            models.Index(fields=["email_key"], name="donor_by_email_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["name_key"], name="donor_by_name", opclasses=["text_pattern_ops"]),
            models.Index(
                fields=["local_name"],
                name="donor_by_local_name",
                opclasses=["text_pattern_ops"],
                condition=~Q(local_name=""),
            ),
            models.Index(fields=["created_at", "id"], name="donor_by_creation"),
        ]

    def __str__(self) -> str:
        return self.name


class JointMember(models.Model):
    """One of the people whose names a joint donor bears. What bears the joint name belongs to each of them.

    `left_at` says when they parted: nothing new is given in the joint name, and what was stays with both (D24).
    """

    joint = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="members")
    member = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="memberships")
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["joint", "member"], name="joint_member_once"),
            CheckConstraint(condition=~Q(joint=F("member")), name="joint_member_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.joint_id}"


class DonorMerge(models.Model):
    """A merge or its undoing: who did it, when, why. Only ever added."""

    class Deed(models.TextChoices):
        MERGE = "merge"
        UNMERGE = "unmerge"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="absorbed")
    deed = models.CharField(max_length=7, choices=Deed)
    reason = models.CharField(max_length=200, blank=True)
    done_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(donor=F("into")), name="donor_merge_of_two")]

    def __str__(self) -> str:
        return f"{self.deed} {self.donor_id}"


class ProfileChange(models.Model):
    """Which parts of a profile changed, by whom, when: never their words. Only ever added."""

    class Changer(models.TextChoices):
        DONOR = "donor"
        STAFF = "staff"
        SYSTEM = "system"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="profile_changes")
    fields = models.JSONField()
    changer = models.CharField(max_length=6, choices=Changer)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.donor_id} {self.fields}"


class EmailChange(models.Model):
    """A donor asks for another address: proven by both mailboxes, or by the new one and a card's last digits.

    The old address hears of it and can take it back for seven days. Tokens are kept as hashes.
    """

    class Status(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        EXPIRED = "expired"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    old_key = models.CharField(max_length=254)
    old_email = models.EmailField(max_length=254)
    new_key = models.CharField(max_length=254)
    new_email = models.EmailField(max_length=254)
    status = models.CharField(max_length=7, choices=Status, default=Status.ASKED)
    old_hash = models.CharField(max_length=64, unique=True)
    new_hash = models.CharField(max_length=64, unique=True)
    undo_hash = models.CharField(max_length=64, unique=True)
    old_proven_at = models.DateTimeField(null=True)
    new_proven_at = models.DateTimeField(null=True)
    donor_ids = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["old_key"], condition=Q(status="asked"), name="email_change_one_at_a_time"
            ),
            CheckConstraint(condition=~Q(old_key=F("new_key")), name="email_change_to_another"),
        ]

    def __str__(self) -> str:
        return self.status


class Consent(models.Model):
    """One answer to one question, with its wording; the newest answer counts. Only ever added."""

    class Kind(models.TextChoices):
        LETTER = "letter"
        PRAYER = "prayer"
        TOUR = "tour"
        YEARLY_REPORT = "yearly_report"
        POST = "post"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=13, choices=Kind)
    is_given = models.BooleanField()
    wording = models.CharField(max_length=300)
    source = models.CharField(max_length=80)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["donor", "kind", "source"], name="consent_answered_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.is_given}"
