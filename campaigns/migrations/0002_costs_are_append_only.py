"""The law of costs: a cost and its parts are never changed, and parts add up to the cost they belong to."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION unit_cost_heads_must_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whole bigint; held bigint;
BEGIN
  SELECT amount_minor INTO whole FROM campaigns_unitcost WHERE id = NEW.unit_cost_id;
  SELECT sum(amount_minor) INTO held FROM campaigns_unitcosthead WHERE unit_cost_id = NEW.unit_cost_id;
  IF held <> whole THEN
    RAISE EXCEPTION 'the parts of cost % add up to %, not %', NEW.unit_cost_id, held, whole
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_cost_heads_add_up';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unit_cost_heads_add_up AFTER INSERT ON campaigns_unitcosthead
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_cost_heads_must_add_up();

SELECT make_append_only('campaigns_unitcost'), make_append_only('campaigns_unitcosthead');
"""

BACKWARD = """
DROP TRIGGER a_row_stays ON campaigns_unitcosthead; DROP TRIGGER a_table_stays ON campaigns_unitcosthead;
DROP TRIGGER a_row_stays ON campaigns_unitcost; DROP TRIGGER a_table_stays ON campaigns_unitcost;
DROP TRIGGER unit_cost_heads_add_up ON campaigns_unitcosthead;
DROP FUNCTION unit_cost_heads_must_add_up();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
