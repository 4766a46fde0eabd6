"""The laws of the bank's lines: they come and stay, only their state moves, and what they are sums to them.

A payout, a deposit and a gift are tied to one line at a time; who ties a second one waits for the first and is refused.
Staged rows live for a day, so their table is not logged.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE books_stagedline SET UNLOGGED;

SELECT make_append_only('books_statement'), make_append_only('books_bankmatch');

ALTER TABLE books_bankline ADD CONSTRAINT bank_line_holds_no_resident_number CHECK (
  payer !~ '(^|[^0-9])[0-9]{6}[-[:space:]]?[1-8][0-9]{6}([^0-9]|$)'
  AND reference !~ '(^|[^0-9])[0-9]{6}[-[:space:]]?[1-8][0-9]{6}([^0-9]|$)');

CREATE FUNCTION bank_line_must_have_its_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh f WHERE NOT EXISTS (
       SELECT 1 FROM books_statement s WHERE s.id = f.statement_id AND s.bank_account_id = f.bank_account_id)) THEN
    RAISE EXCEPTION 'a line of the bank is of a statement of its own account'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'bank_line_is_of_its_statement';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER bank_line_is_of_its_statement AFTER INSERT ON books_bankline REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION bank_line_must_have_its_statement();

CREATE FUNCTION bank_line_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'lines of the bank stay' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bank_line_stays';
  END IF;
  IF (NEW.id, NEW.statement_id, NEW.bank_account_id, NEW.position, NEW.booked_on, NEW.amount_minor, NEW.currency,
      NEW.bank_ref, NEW.checksum)
     IS DISTINCT FROM
     (OLD.id, OLD.statement_id, OLD.bank_account_id, OLD.position, OLD.booked_on, OLD.amount_minor, OLD.currency,
      OLD.bank_ref, OLD.checksum)
     OR NEW.payer NOT IN ('', OLD.payer) OR NEW.reference NOT IN ('', OLD.reference) THEN
    RAISE EXCEPTION 'of a line of the bank only its state changes, and its words are forgotten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_line_changes_only_its_state';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
       ('new', 'no_match'), ('new', 'matched'), ('new', 'discarded'), ('no_match', 'matched'),
       ('no_match', 'discarded'), ('matched', 'no_match'), ('discarded', 'no_match')) THEN
    RAISE EXCEPTION 'a line of the bank does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_line_takes_allowed_step';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bank_line_stays BEFORE UPDATE OR DELETE ON books_bankline
  FOR EACH ROW EXECUTE FUNCTION bank_line_may_change();
CREATE TRIGGER bank_lines_stay BEFORE TRUNCATE ON books_bankline
  FOR EACH STATEMENT EXECUTE FUNCTION bank_line_may_change();

CREATE FUNCTION bank_match_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF EXISTS (SELECT 1 FROM books_bankmatch m WHERE m.kind = NEW.kind AND m.undoes_id IS NULL
                AND (m.payout_id = NEW.payout_id OR m.batch_id = NEW.batch_id OR m.donation_id = NEW.donation_id)
                AND NOT EXISTS (SELECT 1 FROM books_bankmatch u WHERE u.undoes_id = m.id)) THEN
      RAISE EXCEPTION '% is at the bank already', thing
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'bank_match_ties_a_thing_once';
    END IF;
  END IF;
  IF NEW.payout_id IS NOT NULL THEN
    SELECT CASE NEW.kind WHEN 'payout' THEN amount_minor ELSE -amount_minor END, currency INTO told, said
      FROM payments_payout WHERE id = NEW.payout_id;
  ELSIF NEW.batch_id IS NOT NULL THEN
    SELECT sum(l.amount_minor), max(l.currency) INTO told, said FROM ledger_line l
      JOIN ledger_entry e ON e.id = l.entry_id AND e.source = 'deposit:' || NEW.batch_id
      JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000';
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
CREATE TRIGGER bank_match_must_fit BEFORE INSERT ON books_bankmatch
  FOR EACH ROW EXECUTE FUNCTION bank_match_must_fit();

CREATE FUNCTION bank_line_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line books_bankline; tied bigint; target bigint;
BEGIN
  IF TG_TABLE_NAME = 'books_bankline' THEN target := NEW.id; ELSE target := NEW.line_id; END IF;
  SELECT * INTO line FROM books_bankline WHERE id = target;
  SELECT coalesce(sum(amount_minor), 0) INTO tied FROM books_bankmatch WHERE line_id = target;
  IF tied <> (CASE line.state WHEN 'matched' THEN line.amount_minor ELSE 0 END) THEN
    RAISE EXCEPTION 'line % of % is % and its matches sum to %', target, line.amount_minor, line.state, tied
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_line_is_what_its_matches_sum_to';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bank_line_sums AFTER UPDATE OF state ON books_bankline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_line_must_sum();
CREATE CONSTRAINT TRIGGER bank_match_sums AFTER INSERT ON books_bankmatch
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_line_must_sum();

CREATE FUNCTION statement_draft_may_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
       ('uploaded', 'reading'), ('uploaded', 'dropped'), ('reading', 'read'), ('reading', 'refused'),
       ('reading', 'dropped'), ('read', 'reading'), ('read', 'taking_in'), ('read', 'dropped'),
       ('refused', 'reading'), ('refused', 'dropped'), ('taking_in', 'taken_in'), ('taking_in', 'refused')) THEN
    RAISE EXCEPTION 'a statement does not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_draft_takes_allowed_step';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_draft_takes_allowed_step BEFORE UPDATE ON books_statementdraft
  FOR EACH ROW EXECUTE FUNCTION statement_draft_may_step();
"""

BACKWARD = """
DROP TRIGGER statement_draft_takes_allowed_step ON books_statementdraft;
DROP FUNCTION statement_draft_may_step();
DROP TRIGGER bank_match_sums ON books_bankmatch; DROP TRIGGER bank_line_sums ON books_bankline;
DROP FUNCTION bank_line_must_sum();
DROP TRIGGER bank_match_must_fit ON books_bankmatch; DROP FUNCTION bank_match_must_fit();
DROP TRIGGER bank_lines_stay ON books_bankline; DROP TRIGGER bank_line_stays ON books_bankline;
DROP FUNCTION bank_line_may_change();
DROP TRIGGER bank_line_is_of_its_statement ON books_bankline; DROP FUNCTION bank_line_must_have_its_statement();
ALTER TABLE books_bankline DROP CONSTRAINT bank_line_holds_no_resident_number;
DROP TRIGGER a_row_stays ON books_bankmatch; DROP TRIGGER a_table_stays ON books_bankmatch;
DROP TRIGGER a_row_stays ON books_statement; DROP TRIGGER a_table_stays ON books_statement;
ALTER TABLE books_stagedline SET LOGGED;
"""


class Migration(migrations.Migration):
    dependencies = [("books", "0007_statements_on_their_way")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
