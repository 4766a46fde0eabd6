#!/bin/sh
# Before new code serves: tables, rights, static files. Runs as the owner of the database, once per release.
set -eu
cd "$(dirname "$0")/.."
: "${MIGRATION_DATABASE_URL:?set it to the database as its owner}"
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --no-input
python manage.py grant_rights --role "${APP_ROLE:-almoner_app}"
python manage.py collectstatic --no-input
