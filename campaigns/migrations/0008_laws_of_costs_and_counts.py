"""The laws of what an appeal cost and of who is safe: costs stay, and a count takes one step and then stays."""

from django.db import migrations

FORWARD = """
SELECT make_append_only('campaigns_appealcost');

CREATE FUNCTION appeal_cost_must_be_taken_back_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM campaigns_appealcost c WHERE c.id = NEW.reverses_id AND c.reverses_id IS NULL
       AND (c.source_id, c.amount_minor, c.currency, c.spent_on)
         = (NEW.source_id, NEW.amount_minor, NEW.currency, NEW.spent_on)) THEN
    RAISE EXCEPTION 'a cost is taken back as it was written down, once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_cost_is_taken_back_whole';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appeal_cost_is_taken_back_whole BEFORE INSERT ON campaigns_appealcost
  FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION appeal_cost_must_be_taken_back_whole();

CREATE FUNCTION safe_count_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status = 'proposed' THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE' AND OLD.status = 'proposed' AND NEW.status IN ('approved', 'declined', 'withdrawn')
    AND (NEW.id, NEW.campaign_id, NEW.quarter, NEW.people, NEW.proposed_by_id, NEW.proposed_at)
      = (OLD.id, OLD.campaign_id, OLD.quarter, OLD.people, OLD.proposed_by_id, OLD.proposed_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a count of people is proposed, then decided once, and stays'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'safe_count_takes_allowed_step';
END $$;
CREATE TRIGGER safe_count_takes_allowed_step BEFORE INSERT OR UPDATE OR DELETE ON campaigns_safecount
  FOR EACH ROW EXECUTE FUNCTION safe_count_must_take_allowed_step();
"""

BACKWARD = """
DROP TRIGGER safe_count_takes_allowed_step ON campaigns_safecount; DROP FUNCTION safe_count_must_take_allowed_step();
DROP TRIGGER appeal_cost_is_taken_back_whole ON campaigns_appealcost;
DROP FUNCTION appeal_cost_must_be_taken_back_whole();
DROP TRIGGER a_row_stays ON campaigns_appealcost; DROP TRIGGER a_table_stays ON campaigns_appealcost;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_people_safe"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
