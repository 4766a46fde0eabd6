"""What came by each link, code and letter, counted ahead like everything else: by month, and how many people.

A delta says by which code its gift came. Only gifts that carry a code are kept here: what came by none is the rest.
`giversource` is a giver's year by one code, `sourcecohort` how many there are, how many of them were new, and of how
many it is the last such year, so that the last ones of all years are everybody who ever gave by the code.
"""

from django.db import migrations, models

TABLES = """
-- Who gives or returns a gift at this moment ends first: their triggers know no codes yet.
LOCK TABLE donations_donation, donations_refund, donations_refundfailure, donations_disputemovement,
  donations_disputeclosing IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE donations_giftdelta ADD COLUMN source varchar(60) NOT NULL DEFAULT '';
CREATE TABLE donations_giftsource (
  entity_id bigint, campaign_id bigint, currency varchar(3), month date, source varchar(60),
  gifts bigint NOT NULL, undone bigint NOT NULL, given_minor bigint NOT NULL, back_minor bigint NOT NULL,
  PRIMARY KEY (month, source, entity_id, campaign_id, currency)
);
CREATE TABLE donations_giversource (
  donor_id uuid NOT NULL, entity_id bigint NOT NULL, campaign_id bigint NOT NULL, currency varchar(3) NOT NULL,
  source varchar(60) NOT NULL, year integer NOT NULL, first_on date NOT NULL
);
CREATE INDEX donations_giversource_by_donor ON donations_giversource (donor_id);
-- scope: 0 is everybody, n the legal entity n, -n the campaign n, as in donations_giveryear.
CREATE TABLE donations_sourcecohort (
  scope bigint, currency varchar(3), year integer, source varchar(60),
  donors bigint NOT NULL, newcomers bigint NOT NULL, ever bigint NOT NULL,
  PRIMARY KEY (scope, currency, year, source)
);
"""

# The same as in 0017_rollups, with the code of the gift: {0} is the column, {1} to {3} are where each takes it from.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION gifts_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO donations_giftdelta
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, gifts, given_minor{0})
  SELECT donor_id, entity_id, campaign_id, currency, given_on, amount_minor, 1, amount_minor{1} FROM fresh;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION corrections_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO donations_giftdelta
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, gifts, undone, given_minor, back_minor{0})
  SELECT s.donor_id, s.entity_id, s.campaign_id, s.currency, s.given_on, s.amount_minor, s.sign,
    CASE WHEN b.back_minor >= s.amount_minor THEN s.sign ELSE 0 END, s.sign * s.amount_minor,
    s.sign * coalesce(b.back_minor, 0){2}
  FROM (SELECT -1 AS sign, was.* FROM was UNION ALL SELECT 1, will.* FROM will) s
  LEFT JOIN donations_giftback b ON b.donation_id = s.id
  WHERE EXISTS (SELECT 1 FROM was JOIN will USING (id) WHERE was.id = s.id
    AND (was.donor_id, was.given_on) IS DISTINCT FROM (will.donor_id, will.given_on));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION gift_leaves_what_went_back(target uuid) RETURNS void LANGUAGE plpgsql AS $$
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
    (donor_id, entity_id, campaign_id, currency, given_on, size_minor, undone, back_minor{0})
  VALUES (gift.donor_id, gift.entity_id, gift.campaign_id, gift.currency, gift.given_on, gift.amount_minor,
    (back >= gift.amount_minor)::int - (told >= gift.amount_minor)::int, back - told{3});
END $$;
"""
TOLD = _FUNCTIONS.format(", source", ", source", ", s.source", ", gift.source")
UNTOLD = _FUNCTIONS.format("", "", "", "")

# What waits as deltas already says no code: its gifts are counted here with all others. Of the givers a mark is left,
# so that the first sweep counts them; until then they are read from the facts.
FILL = """
INSERT INTO donations_giftsource (entity_id, campaign_id, currency, month, source, gifts, undone, given_minor, back_minor)
SELECT d.entity_id, d.campaign_id, d.currency, date_trunc('month', d.given_on)::date, d.source, count(*),
  count(*) FILTER (WHERE b.back_minor >= d.amount_minor), sum(d.amount_minor), coalesce(sum(b.back_minor), 0)
FROM donations_donation d LEFT JOIN donations_giftback b ON b.donation_id = d.id
WHERE d.source <> '' GROUP BY 1, 2, 3, 4, 5;
INSERT INTO donations_giftdelta (donor_id) SELECT DISTINCT donor_id FROM donations_donation WHERE source <> '';
"""

BACKWARD = f"""
{UNTOLD}
DROP TABLE donations_sourcecohort, donations_giversource, donations_giftsource;
ALTER TABLE donations_giftdelta DROP COLUMN source;
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0018_rows_without_a_giver")]
    operations = [
        migrations.RunSQL(TABLES + TOLD + FILL, BACKWARD),
        migrations.AddIndex(
            "donation",
            models.Index(
                fields=["source", "-given_at"], name="donation_by_source", condition=~models.Q(source="")
            ),
        ),
    ]
