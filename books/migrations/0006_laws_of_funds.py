"""The laws of funds: nothing is released or moved that is not there, each in the books, within its class and body.

`restricted_left` and `unrestricted_left` say what a fund holds of each class. A deed takes the fund's lock before it
looks; the triggers look again at the end of its transaction, holding the same lock.
"""

from django.db import migrations

FACTS = ("release", "fundtransfer", "securitysale", "placedasset")
TEXTS = {
    "release": ("reason", "document_name"),
    "fundtransfer": ("reason", "document_name"),
    "transferrequest": ("reason", "document_name", "answer"),
    "placedasset": ("name", "document_name"),
}
FORWARD = """
CREATE FUNCTION restricted_left(asked bigint, money text) RETURNS bigint LANGUAGE sql STABLE AS $$
  -- What a restricted gift was exchanged into is as restricted as the gift: 7900 goes with the fund it stands in.
  SELECT coalesce(-sum(l.amount_minor), 0)::bigint FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
   WHERE l.fund_id = asked AND l.currency = money AND (a.code IN ('4100', '4910', '4960') OR (a.code = '7900'
     AND EXISTS (SELECT 1 FROM ledger_fund f WHERE f.id = asked AND f.restriction <> 'none')))
$$;
CREATE FUNCTION unrestricted_left(asked bigint, money text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(-sum(l.amount_minor), 0)::bigint - restricted_left(asked, money)
    FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
   WHERE a.kind IN ('income', 'expense', 'exchange', 'net_assets') AND l.fund_id = asked AND l.currency = money
$$;

CREATE FUNCTION release_must_be_backed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE booked bigint; wanted bigint; former books_release;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.fund_id::text, 7210060));
  wanted := CASE WHEN NEW.reverses_id IS NULL THEN NEW.amount_minor ELSE -NEW.amount_minor END;
  SELECT sum(l.amount_minor) INTO booked
    FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
   WHERE e.source = 'release:' || NEW.id AND a.code = '4910' AND l.fund_id = NEW.fund_id AND l.currency = NEW.currency;
  IF booked IS DISTINCT FROM wanted THEN
    RAISE EXCEPTION 'release % is %, the books say %', NEW.id, wanted, booked
      USING ERRCODE = 'check_violation', CONSTRAINT = 'release_is_in_the_books';
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO former FROM books_release WHERE id = NEW.reverses_id;
    IF former.reverses_id IS NOT NULL
       OR (former.fund_id, former.kind, former.amount_minor, former.currency, former.asset_id)
          IS DISTINCT FROM (NEW.fund_id, NEW.kind, NEW.amount_minor, NEW.currency, NEW.asset_id) THEN
      RAISE EXCEPTION 'release % is not the whole of %', NEW.id, NEW.reverses_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'release_reversal_is_of_the_whole';
    END IF;
  ELSIF restricted_left(NEW.fund_id, NEW.currency) < 0 THEN
    RAISE EXCEPTION 'fund % has not that much left in %', NEW.fund_id, NEW.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'release_not_above_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_is_backed AFTER INSERT ON books_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION release_must_be_backed();

CREATE FUNCTION fund_transfer_must_be_backed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE account text; gone bigint; come bigint; one ledger_fund; other ledger_fund; kept bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(f::text, 7210060))
    FROM unnest(ARRAY[least(NEW.fund_from_id, NEW.fund_to_id), greatest(NEW.fund_from_id, NEW.fund_to_id)]) f;
  SELECT * INTO one FROM ledger_fund WHERE id = NEW.fund_from_id;
  SELECT * INTO other FROM ledger_fund WHERE id = NEW.fund_to_id;
  IF one.entity_id <> other.entity_id THEN
    RAISE EXCEPTION 'funds % and % are of two bodies', one.code, other.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_transfer_within_one_body';
  END IF;
  IF NEW.is_restricted AND (one.restriction = 'none' OR one.restriction <> other.restriction) THEN
    RAISE EXCEPTION 'only a giver changes a restriction: % to %', one.restriction, other.restriction
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_transfer_stays_in_its_class';
  END IF;
  account := CASE WHEN NEW.is_restricted THEN '4960' ELSE '4950' END;
  SELECT sum(l.amount_minor) FILTER (WHERE l.fund_id = NEW.fund_from_id AND a.code = account),
         -sum(l.amount_minor) FILTER (WHERE l.fund_id = NEW.fund_to_id AND a.code = account)
    INTO gone, come
    FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
   WHERE e.source = 'transfer:' || NEW.id AND l.currency = NEW.currency;
  IF (gone, come) IS DISTINCT FROM (NEW.amount_minor, NEW.amount_minor) THEN
    RAISE EXCEPTION 'transfer % is %, the books say % and %', NEW.id, NEW.amount_minor, gone, come
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_transfer_is_in_the_books';
  END IF;
  kept := CASE WHEN NEW.is_restricted THEN restricted_left(NEW.fund_from_id, NEW.currency)
               ELSE unrestricted_left(NEW.fund_from_id, NEW.currency) END;
  IF kept < 0 THEN
    RAISE EXCEPTION 'fund % has not that much left in %', one.code, NEW.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_transfer_not_above_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fund_transfer_is_backed AFTER INSERT ON books_fundtransfer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fund_transfer_must_be_backed();

CREATE FUNCTION transfer_request_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'asked'
     OR (NEW.id, NEW.fund_from_id, NEW.fund_to_id, NEW.is_restricted, NEW.amount_minor, NEW.currency, NEW.moved_on,
         NEW.reason, NEW.document_id, NEW.document_name, NEW.asked_by_id, NEW.asked_at)
        IS DISTINCT FROM (OLD.id, OLD.fund_from_id, OLD.fund_to_id, OLD.is_restricted, OLD.amount_minor, OLD.currency,
         OLD.moved_on, OLD.reason, OLD.document_id, OLD.document_name, OLD.asked_by_id, OLD.asked_at) THEN
    RAISE EXCEPTION 'a request to move money is decided once and keeps its words'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_request_takes_allowed_step';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transfer_request_takes_allowed_step BEFORE UPDATE OR DELETE ON books_transferrequest
  FOR EACH ROW EXECUTE FUNCTION transfer_request_must_take_allowed_step();

CREATE FUNCTION security_sale_must_be_backed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE gift donations_donation; came bigint; lies bigint;
BEGIN
  SELECT * INTO gift FROM donations_donation WHERE id = NEW.donation_id;
  IF gift.kind <> 'stock' THEN
    RAISE EXCEPTION 'gift % is no security', gift.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'security_sale_is_of_securities';
  END IF;
  SELECT sum(l.amount_minor) FILTER (WHERE a.code = '1000' AND e.source = 'sale:' || gift.id),
         sum(l.amount_minor) FILTER (WHERE a.code = '1300')
    INTO came, lies
    FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
   WHERE l.currency = gift.currency AND (e.source IN ('sale:' || gift.id, 'hand:' || gift.id)
      OR e.source IN (SELECT 'restated:' || c.id FROM donations_correction c WHERE c.donation_id = gift.id)
      OR e.source IN (SELECT 'refund:' || r.processor_ref FROM donations_refund r WHERE r.donation_id = gift.id));
  IF coalesce(came, 0) <> NEW.price_minor - NEW.fee_minor OR lies IS DISTINCT FROM 0 THEN
    RAISE EXCEPTION 'sale of % brought % to the bank and leaves %', gift.id, came, lies
      USING ERRCODE = 'check_violation', CONSTRAINT = 'security_sale_is_in_the_books';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER security_sale_is_backed AFTER INSERT ON books_securitysale
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION security_sale_must_be_backed();

CREATE FUNCTION sold_gift_must_stay_a_security() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind <> OLD.kind AND EXISTS (SELECT 1 FROM books_securitysale WHERE donation_id = NEW.id) THEN
    RAISE EXCEPTION 'gift % was sold as a security', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sold_gift_stays_a_security';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sold_gift_stays_a_security BEFORE UPDATE OF kind ON donations_donation
  FOR EACH ROW EXECUTE FUNCTION sold_gift_must_stay_a_security();
"""
FORWARD += "\n".join(
    [f"SELECT make_append_only('books_{name}');" for name in FACTS]
    + [
        f"CREATE TRIGGER no_resident_number_is_kept BEFORE INSERT OR UPDATE ON books_{table} FOR EACH ROW"
        f" EXECUTE FUNCTION refuse_resident_number({', '.join(repr(field) for field in fields)});"
        for table, fields in TEXTS.items()
    ]
)
BACKWARD = "\n".join(
    [f"DROP TRIGGER no_resident_number_is_kept ON books_{table};" for table in TEXTS]
    + [f"DROP TRIGGER a_row_stays ON books_{name}; DROP TRIGGER a_table_stays ON books_{name};" for name in FACTS]
)
BACKWARD += """
DROP TRIGGER sold_gift_stays_a_security ON donations_donation; DROP FUNCTION sold_gift_must_stay_a_security();
DROP TRIGGER security_sale_is_backed ON books_securitysale; DROP FUNCTION security_sale_must_be_backed();
DROP TRIGGER transfer_request_takes_allowed_step ON books_transferrequest;
DROP FUNCTION transfer_request_must_take_allowed_step();
DROP TRIGGER fund_transfer_is_backed ON books_fundtransfer; DROP FUNCTION fund_transfer_must_be_backed();
DROP TRIGGER release_is_backed ON books_release; DROP FUNCTION release_must_be_backed();
DROP FUNCTION unrestricted_left(bigint, text); DROP FUNCTION restricted_left(bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0005_tables_of_funds"),
        ("donations", "0013_batches_and_pledges"),
        ("donors", "0009_no_resident_numbers"),
        ("ledger", "0007_laws_of_reopening"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
