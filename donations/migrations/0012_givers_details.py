"""What the law of a receiving body asks its giver; and no text of a gift holds a resident number (KR-13)."""

import django.db.models.deletion
from django.db import migrations, models

TEXTS = {
    "checkout": ("donor_name", "email", "note", "employer", "source"),
    "giverdetail": ("first_name", "last_name", "address", "postcode"),
    "tribute": ("honoree", "notify_name", "notify_email", "words"),
    "transferpromise": ("donor_name", "email", "source"),
    "donation": ("note", "description", "source"),
    "giftdetail": ("appraiser_name", "appraiser_address", "rate_source", "staff_note"),
    "benefit": ("description",),
    "correction": ("reason", "before", "after"),
    "refundrequest": ("reason",),
}
FORWARD = "\n".join(
    f"CREATE TRIGGER no_resident_number_is_kept BEFORE INSERT OR UPDATE ON donations_{table} FOR EACH ROW"
    f" EXECUTE FUNCTION refuse_resident_number({', '.join(repr(field) for field in fields)});"
    for table, fields in TEXTS.items()
)
BACKWARD = "\n".join(f"DROP TRIGGER no_resident_number_is_kept ON donations_{table};" for table in TEXTS)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0011_laws_of_details"),
        ("donors", "0009_no_resident_numbers"),
    ]
    operations = [
        migrations.CreateModel(
            name="GiverDetail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_name", models.CharField(blank=True, max_length=60)),
                ("initial", models.CharField(blank=True, max_length=4)),
                ("last_name", models.CharField(blank=True, max_length=60)),
                ("address", models.TextField(max_length=600)),
                ("postcode", models.CharField(blank=True, max_length=12)),
                (
                    "checkout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="giver", to="donations.checkout"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
