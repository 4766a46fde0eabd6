"""The law of filings: what was never filed can be canceled, what was claimed once is adjusted as often as it goes back.

A declaration keeps its words and changes only by its steps; a claim goes from draft to filed to paid and, once filed,
keeps its file and its sum.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

STEPS = """
CREATE FUNCTION declaration_must_keep_its_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE steps text[] := ARRAY['valid_to', 'record_sent_on', 'cancelled_from'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - steps = to_jsonb(NEW) - steps
     AND (OLD.record_sent_on IS NULL OR OLD.record_sent_on = NEW.record_sent_on)
     AND (OLD.cancelled_from IS NULL OR OLD.cancelled_from = NEW.cancelled_from)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a declaration keeps its words'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'declaration_keeps_its_words';
END $$;
CREATE TRIGGER declaration_keeps_its_words BEFORE UPDATE OR DELETE ON receipts_giftaiddeclaration
  FOR EACH ROW EXECUTE FUNCTION declaration_must_keep_its_words();
CREATE TRIGGER no_resident_number_is_kept BEFORE INSERT OR UPDATE ON receipts_hometaxfiling
  FOR EACH ROW EXECUTE FUNCTION refuse_resident_number('approval');

CREATE FUNCTION claim_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'draft' THEN RETURN OLD; END IF;
  ELSIF OLD.status = 'draft' AND NEW.status IN ('draft', 'filed') THEN RETURN NEW;
  ELSIF OLD.status = 'filed' AND NEW.status IN ('filed', 'paid')
        AND to_jsonb(OLD) - 'status' = to_jsonb(NEW) - 'status' THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a % claim stays as it was filed', OLD.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_takes_allowed_step';
END $$;
CREATE TRIGGER claim_takes_allowed_step BEFORE UPDATE OR DELETE ON receipts_giftaidclaim
  FOR EACH ROW EXECUTE FUNCTION claim_must_take_allowed_step();
"""
NO_STEPS = """
DROP TRIGGER claim_takes_allowed_step ON receipts_giftaidclaim; DROP FUNCTION claim_must_take_allowed_step();
DROP TRIGGER no_resident_number_is_kept ON receipts_hometaxfiling;
DROP TRIGGER declaration_keeps_its_words ON receipts_giftaiddeclaration;
DROP FUNCTION declaration_must_keep_its_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("receipts", "0008_marks_of_lost_papers"),
        ("donations", "0012_givers_details"),
        ("donors", "0009_no_resident_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="giftaidclaimline", name="claim_line_once_per_donation"),
        migrations.RemoveConstraint(model_name="hometaxfiling", name="hometax_filed_on_a_day"),
        migrations.AddConstraint(
            model_name="giftaidclaimline",
            constraint=models.UniqueConstraint(
                fields=["donation"], condition=Q(is_adjustment=False), name="claim_line_once_per_donation"
            ),
        ),
        migrations.AddConstraint(
            model_name="giftaidclaimline",
            constraint=models.UniqueConstraint(fields=["claim", "donation"], name="claim_line_once_per_claim"),
        ),
        migrations.AddConstraint(
            model_name="hometaxfiling",
            constraint=models.CheckConstraint(
                condition=~Q(status__in=["filed", "to_cancel"]) | Q(filed_on__isnull=False),
                name="hometax_filed_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="hometaxfiling",
            constraint=models.CheckConstraint(
                condition=~Q(status="canceled") | Q(canceled_on__isnull=False), name="hometax_canceled_on_a_day"
            ),
        ),
        migrations.RunSQL(STEPS, NO_STEPS),
    ]
