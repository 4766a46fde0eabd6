"""What came, counted ahead: each fact leaves a delta in its own transaction, a sweep folds the deltas into sums.

None of these tables is a fact: `rebuild_rollups` makes every row anew from the facts, and `selfcheck` compares.
A row of `giftdelta` without an entity is a mark alone: something about this donor changed (a merge).
`giftback` remembers what of a gift was already counted as gone back, so that notices in any order count once.
"""

from django.db import migrations

TABLES = """
CREATE TABLE donations_giftdelta (
  donor_id uuid NOT NULL, entity_id bigint, campaign_id bigint, currency varchar(3), given_on date,
  size_minor bigint NOT NULL DEFAULT 0, gifts bigint NOT NULL DEFAULT 0, undone bigint NOT NULL DEFAULT 0,
  given_minor bigint NOT NULL DEFAULT 0, back_minor bigint NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE donations_giftback (donation_id uuid PRIMARY KEY, back_minor bigint NOT NULL);

CREATE TABLE donations_giftday (
  entity_id bigint, campaign_id bigint, currency varchar(3), given_on date,
  gifts bigint NOT NULL, undone bigint NOT NULL, given_minor bigint NOT NULL, back_minor bigint NOT NULL,
  PRIMARY KEY (given_on, entity_id, campaign_id, currency)
);
CREATE TABLE donations_giftmonth (
  entity_id bigint, campaign_id bigint, currency varchar(3), month date,
  gifts bigint NOT NULL, undone bigint NOT NULL, given_minor bigint NOT NULL, back_minor bigint NOT NULL,
  PRIMARY KEY (month, entity_id, campaign_id, currency)
);
CREATE TABLE donations_giftsize (
  entity_id bigint, currency varchar(3), year integer, size_minor bigint,
  gifts bigint NOT NULL, undone bigint NOT NULL, given_minor bigint NOT NULL, back_minor bigint NOT NULL,
  PRIMARY KEY (currency, year, entity_id, size_minor)
);

-- scope: 0 is everybody, n the legal entity n, -n the campaign n. The totals are those until this year, so the row
-- of the last year (after_year 9999) tells all years.
CREATE TABLE donations_giveryear (
  scope bigint NOT NULL, currency varchar(3) NOT NULL, donor_id uuid NOT NULL, year integer NOT NULL,
  gifts bigint NOT NULL, net_minor bigint NOT NULL, first_on date NOT NULL, last_on date NOT NULL,
  first_year integer NOT NULL, before_year integer NOT NULL, before_minor bigint NOT NULL,
  after_year integer NOT NULL, total_gifts bigint NOT NULL, total_minor bigint NOT NULL, since date NOT NULL
);
CREATE INDEX donations_giveryear_by_donor ON donations_giveryear (donor_id);
CREATE INDEX donations_giveryear_by_amount ON donations_giveryear
  (scope, currency, year DESC, net_minor DESC, donor_id)
  INCLUDE (after_year, before_year, before_minor);
CREATE INDEX donations_giveryear_by_total ON donations_giveryear (scope, currency, total_minor DESC, donor_id)
  WHERE after_year = 9999;

CREATE TABLE donations_givercohort (
  scope bigint, currency varchar(3), year integer, first_year integer, before_year integer, after_year integer,
  donors bigint NOT NULL, net_minor bigint NOT NULL, before_minor bigint NOT NULL,
  more bigint NOT NULL, more_minor bigint NOT NULL, more_before_minor bigint NOT NULL,
  less bigint NOT NULL, less_minor bigint NOT NULL, less_before_minor bigint NOT NULL,
  PRIMARY KEY (scope, currency, year, first_year, before_year, after_year)
);
"""

TRIGGERS = """
CREATE FUNCTION gifts_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO donations_giftdelta
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, gifts, given_minor)
  SELECT donor_id, entity_id, campaign_id, currency, given_on, amount_minor, 1, amount_minor FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER gifts_leave_deltas AFTER INSERT ON donations_donation
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION gifts_leave_deltas();

-- Another giver or another day: the gift leaves where it was counted and is counted there, with what went back of it.
-- Whoever corrects a gift holds its lock, so nothing goes back meanwhile.
CREATE FUNCTION corrections_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO donations_giftdelta
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, gifts, undone, given_minor, back_minor)
  SELECT s.donor_id, s.entity_id, s.campaign_id, s.currency, s.given_on, s.amount_minor, s.sign,
    CASE WHEN b.back_minor >= s.amount_minor THEN s.sign ELSE 0 END, s.sign * s.amount_minor,
    s.sign * coalesce(b.back_minor, 0)
  FROM (SELECT -1 AS sign, was.* FROM was UNION ALL SELECT 1, will.* FROM will) s
  LEFT JOIN donations_giftback b ON b.donation_id = s.id
  WHERE EXISTS (SELECT 1 FROM was JOIN will USING (id) WHERE was.id = s.id
    AND (was.donor_id, was.given_on) IS DISTINCT FROM (will.donor_id, will.given_on));
  RETURN NULL;
END $$;
CREATE TRIGGER corrections_leave_deltas AFTER UPDATE ON donations_donation
  REFERENCING OLD TABLE AS was NEW TABLE AS will FOR EACH STATEMENT EXECUTE FUNCTION corrections_leave_deltas();

-- What of a gift is not ours any more: refunds that arrived, and disputes lost and not won on appeal.
CREATE FUNCTION gone_back(target uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (coalesce((SELECT sum(r.amount_minor) FROM donations_refund r WHERE r.donation_id = target
      AND NOT EXISTS (SELECT 1 FROM donations_refundfailure f WHERE f.refund_id = r.id)), 0)
    + coalesce((SELECT sum(x.amount_minor) FROM donations_dispute x
        JOIN donations_disputeclosing k ON k.dispute_id = x.id AND k.outcome = 'lost'
       WHERE x.donation_id = target
         AND EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id)
         AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m
                          WHERE m.dispute_id = x.id AND m.amount_minor > 0)), 0))::bigint
$$;

-- What is said of one gift takes turns until its transaction ends; each statement after the lock sees all before it.
CREATE FUNCTION gift_leaves_what_went_back(target uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE back bigint; told bigint; gift donations_donation%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(target::text, 7210002));
  SELECT * INTO gift FROM donations_donation WHERE id = target;
  back := gone_back(target);
  told := coalesce((SELECT back_minor FROM donations_giftback WHERE donation_id = target), 0);
  IF back = told THEN RETURN; END IF;
  INSERT INTO donations_giftback AS b (donation_id, back_minor) VALUES (target, back)
    ON CONFLICT (donation_id) DO UPDATE SET back_minor = excluded.back_minor;
  INSERT INTO donations_giftdelta
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, undone, back_minor)
  VALUES (gift.donor_id, gift.entity_id, gift.campaign_id, gift.currency, gift.given_on, gift.amount_minor,
    (back >= gift.amount_minor)::int - (told >= gift.amount_minor)::int, back - told);
END $$;

CREATE FUNCTION returns_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid;
BEGIN
  IF TG_TABLE_NAME = 'donations_refund' THEN
    target := NEW.donation_id;
  ELSIF TG_TABLE_NAME = 'donations_refundfailure' THEN
    SELECT donation_id INTO target FROM donations_refund WHERE id = NEW.refund_id;
  ELSE
    SELECT donation_id INTO target FROM donations_dispute WHERE id = NEW.dispute_id;
  END IF;
  PERFORM gift_leaves_what_went_back(target);
  RETURN NULL;
END $$;
CREATE TRIGGER returns_leave_deltas AFTER INSERT ON donations_refund
  FOR EACH ROW EXECUTE FUNCTION returns_leave_deltas();
CREATE TRIGGER returns_leave_deltas AFTER INSERT ON donations_refundfailure
  FOR EACH ROW EXECUTE FUNCTION returns_leave_deltas();
CREATE TRIGGER returns_leave_deltas AFTER INSERT ON donations_disputemovement
  FOR EACH ROW EXECUTE FUNCTION returns_leave_deltas();
CREATE TRIGGER returns_leave_deltas AFTER INSERT ON donations_disputeclosing
  FOR EACH ROW EXECUTE FUNCTION returns_leave_deltas();

-- Who stands for whom: the givers of a merge, or of its undoing, are counted anew.
CREATE FUNCTION merges_leave_marks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO donations_giftdelta (donor_id)
  SELECT id FROM unnest(ARRAY[NEW.id, OLD.merged_into_id, NEW.merged_into_id]) AS one(id) WHERE id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER merges_leave_marks AFTER UPDATE ON donors_donor
  FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
  EXECUTE FUNCTION merges_leave_marks();
"""

# What there is already: the first sweep folds it.
FILL = """
INSERT INTO donations_giftback (donation_id, back_minor)
SELECT id, gone_back(id) FROM (SELECT donation_id AS id FROM donations_refund UNION SELECT donation_id FROM donations_dispute) x
 WHERE gone_back(id) <> 0;
INSERT INTO donations_giftdelta
  (donor_id, entity_id, campaign_id, currency, given_on, size_minor, gifts, undone, given_minor, back_minor)
SELECT d.donor_id, d.entity_id, d.campaign_id, d.currency, d.given_on, d.amount_minor, 1,
  (coalesce(b.back_minor, 0) >= d.amount_minor)::int, d.amount_minor, coalesce(b.back_minor, 0)
FROM donations_donation d LEFT JOIN donations_giftback b ON b.donation_id = d.id;
"""

BACKWARD = """
DROP TRIGGER merges_leave_marks ON donors_donor; DROP FUNCTION merges_leave_marks();
DROP TRIGGER returns_leave_deltas ON donations_disputeclosing;
DROP TRIGGER returns_leave_deltas ON donations_disputemovement;
DROP TRIGGER returns_leave_deltas ON donations_refundfailure;
DROP TRIGGER returns_leave_deltas ON donations_refund;
DROP FUNCTION returns_leave_deltas(); DROP FUNCTION gift_leaves_what_went_back(uuid); DROP FUNCTION gone_back(uuid);
DROP TRIGGER corrections_leave_deltas ON donations_donation; DROP FUNCTION corrections_leave_deltas();
DROP TRIGGER gifts_leave_deltas ON donations_donation; DROP FUNCTION gifts_leave_deltas();
DROP TABLE donations_givercohort, donations_giveryear, donations_giftsize, donations_giftmonth, donations_giftday,
  donations_giftback, donations_giftdelta;
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0016_laws_of_batches"), ("donors", "0009_no_resident_numbers"), ("ledger", "0008_rollups")]
    operations = [migrations.RunSQL(TABLES + TRIGGERS + FILL, BACKWARD)]
