"""Givers are found by the beginnings of the words of their names, in either script, while somebody is still typing.

The words are folded: no accents, no capitals, Hangul in its letters (so that "기" begins "김"). A Hangul name of one word is
found by the given name too. Only functions of the system's own schema are used, so that a dump can be put back.
"""

from django.db import migrations, models

FORWARD = r"""
CREATE FUNCTION name_words(typed text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(regexp_split_to_array(lower(regexp_replace(regexp_replace(
    normalize(typed, NFKD), '[\u0300-\u036f''\u2019.]', '', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f\u00b7\u3000]+', ' ', 'g')), ' '), '')
$$;

CREATE FUNCTION giver_words(name text, local_name text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_remove(regexp_split_to_array(lower(regexp_replace(regexp_replace(
    normalize(told || ' ' || regexp_replace(told, '(^| )[가-힣]([가-힣]{2,3})(?=$| )', '\1\2', 'g'), NFKD),
    '[\u0300-\u036f''\u2019.]', '', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f\u00b7\u3000]+', ' ', 'g')), ' '), ''))
  FROM (SELECT name || ' ' || local_name AS told) t
$$;

CREATE INDEX donor_by_words ON donors_donor USING gin (giver_words(name, local_name));
"""
BACKWARD = """
DROP INDEX donor_by_words;
DROP FUNCTION giver_words(text, text);
DROP FUNCTION name_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("donors", "0010_pledge_letters")]
    operations = [
        migrations.AddIndex(
            "donor",
            models.Index(fields=["email_key"], name="donor_by_email_prefix", opclasses=["text_pattern_ops"]),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
