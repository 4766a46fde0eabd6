"""The bank shows what securities brought, and a deposit that was put right after it was seen.

`batch_at_bank` says what of a batch lies at the bank by the books: its deposit, less what was mistyped, plus what was
entered in its place, however often. A line of the bank is what of it was not seen yet.
"""

from django.db import migrations, models
from django.db.models import Q

KINDS = (
    ("payout", "Payout"),
    ("payout_returned", "Payout Returned"),
    ("deposit", "Deposit"),
    ("sale", "Sale"),
    ("gift", "Gift"),
    ("returned", "Returned"),
    ("charge", "Charge"),
    ("interest", "Interest"),
    ("other", "Other"),
)
AT_BANK = """
CREATE FUNCTION batch_at_bank(asked uuid) RETURNS TABLE (minor bigint, currency text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE gift AS (
    SELECT g.donation_id AS id FROM donations_batchedgift g JOIN donations_batchrow w ON w.id = g.row_id
     WHERE w.batch_id = asked
    UNION
    SELECT v.replaced_by_id FROM gift JOIN donations_refund r ON r.donation_id = gift.id
      JOIN donations_reversal v ON v.refund_id = r.id AND v.kind = 'mistake' WHERE v.replaced_by_id IS NOT NULL
  ), named AS (
    SELECT 'deposit:' || asked AS source
    UNION SELECT 'deposit:' || id FROM gift
    UNION SELECT 'refund:' || r.processor_ref FROM gift JOIN donations_refund r ON r.donation_id = gift.id
            JOIN donations_reversal v ON v.refund_id = r.id AND v.kind = 'mistake'
    UNION SELECT x.what || w.id FROM donations_batchrow w
            CROSS JOIN (VALUES ('row_reversed:'), ('row_true:')) x (what) WHERE w.batch_id = asked
  )
  SELECT sum(l.amount_minor)::bigint, max(l.currency)::text FROM named n
    JOIN ledger_entry e ON e.source = n.source JOIN ledger_line l ON l.entry_id = e.id
    JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000'
$$;
"""
MUST_FIT = """
CREATE OR REPLACE FUNCTION bank_match_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line books_bankline; former books_bankmatch; told bigint; said char(3); thing text;
BEGIN
  SELECT * INTO line FROM books_bankline WHERE id = NEW.line_id FOR NO KEY UPDATE;
  IF NEW.undoes_id IS NOT NULL THEN
    SELECT * INTO former FROM books_bankmatch WHERE id = NEW.undoes_id;
    IF former.undoes_id IS NOT NULL OR (former.line_id, former.kind, former.payout_id, former.batch_id,
         former.donation_id, -former.amount_minor)
       IS DISTINCT FROM (NEW.line_id, NEW.kind, NEW.payout_id, NEW.batch_id, NEW.donation_id, NEW.amount_minor) THEN
      RAISE EXCEPTION 'match % is not what is undone', NEW.undoes_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_match_is_undone_exactly';
    END IF;
    RETURN NEW;
  END IF;
  thing := NEW.kind || ':' || coalesce(NEW.payout_id::text, NEW.batch_id::text, NEW.donation_id::text);
  IF thing IS NOT NULL THEN
    -- Two people at two lines: the second waits here until the first has said what is taken.
    PERFORM pg_advisory_xact_lock(hashtextextended('bank match ' || thing, 0));
    IF {once} EXISTS (SELECT 1 FROM books_bankmatch m WHERE m.kind = NEW.kind AND m.undoes_id IS NULL
                AND (m.payout_id = NEW.payout_id OR m.batch_id = NEW.batch_id OR m.donation_id = NEW.donation_id)
                AND NOT EXISTS (SELECT 1 FROM books_bankmatch u WHERE u.undoes_id = m.id)) THEN
      RAISE EXCEPTION '% is at the bank already', thing
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'bank_match_ties_a_thing_once';
    END IF;
  END IF;
  IF NEW.payout_id IS NOT NULL THEN
    SELECT CASE NEW.kind WHEN 'payout' THEN amount_minor ELSE -amount_minor END, currency INTO told, said
      FROM payments_payout WHERE id = NEW.payout_id;
  {things}
  ELSIF NEW.donation_id IS NOT NULL THEN
    SELECT CASE NEW.kind WHEN 'gift' THEN amount_minor ELSE -amount_minor END, currency INTO told, said
      FROM donations_donation WHERE id = NEW.donation_id;
  ELSE
    told := NEW.amount_minor; said := line.currency;
  END IF;
  IF (told, said) IS DISTINCT FROM (NEW.amount_minor, line.currency) THEN
    RAISE EXCEPTION '% is % %, not % %', thing, told, said, NEW.amount_minor, line.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_match_is_of_the_amount_it_names';
  END IF;
  RETURN NEW;
END $$;
"""
WAS = """ELSIF NEW.batch_id IS NOT NULL THEN
    SELECT sum(l.amount_minor), max(l.currency) INTO told, said FROM ledger_line l
      JOIN ledger_entry e ON e.id = l.entry_id AND e.source = 'deposit:' || NEW.batch_id
      JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000';"""
# Seen already is all that stands, what was undone counts with its opposite. When nothing is left, it is taken.
IS = """ELSIF NEW.batch_id IS NOT NULL THEN
    SELECT b.minor - coalesce((SELECT sum(m.amount_minor) FROM books_bankmatch m WHERE m.batch_id = NEW.batch_id), 0),
           b.currency INTO told, said FROM batch_at_bank(NEW.batch_id) b;
    IF told = 0 THEN
      RAISE EXCEPTION '% is at the bank already', thing
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'bank_match_ties_a_thing_once';
    END IF;
  ELSIF NEW.kind = 'sale' THEN
    SELECT sum(l.amount_minor), max(l.currency) INTO told, said FROM ledger_line l
      JOIN ledger_entry e ON e.id = l.entry_id AND e.source = 'sale:' || NEW.donation_id
      JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000'
     WHERE EXISTS (SELECT 1 FROM books_securitysale s
                    WHERE s.donation_id = NEW.donation_id AND s.bank_account_id = line.bank_account_id);"""
FORWARD = AT_BANK + MUST_FIT.replace("{once}", "NEW.kind <> 'deposit' AND").replace("{things}", IS)
BACKWARD = MUST_FIT.replace("{once} ", "").replace("{things}", WAS) + "DROP FUNCTION batch_at_bank(uuid);"


def _names(*of_gifts: str) -> models.CheckConstraint:
    payout, batch, donation = (
        {"payout__isnull": first, "batch__isnull": second, "donation__isnull": third}
        for first, second, third in ((False, True, True), (True, False, True), (True, True, False))
    )
    nothing = {"payout__isnull": True, "batch__isnull": True, "donation__isnull": True}
    return models.CheckConstraint(
        condition=Q(kind__in=["payout", "payout_returned"], **payout)
        | Q(kind="deposit", **batch)
        | Q(kind__in=list(of_gifts), **donation)
        | Q(kind__in=["charge", "interest", "other"], **nothing),
        name="bank_match_names_what_it_is",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0010_laws_of_reports"),
        ("donations", "0018_rows_without_a_giver"),
    ]
    operations = [
        migrations.AlterField("bankmatch", "kind", models.CharField(choices=list(KINDS), max_length=15)),
        migrations.RemoveConstraint("bankmatch", "bank_match_names_what_it_is"),
        migrations.AddConstraint("bankmatch", _names("gift", "returned", "sale")),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
