#!/bin/sh
# Puts one backup into an EMPTY database and an empty folder of files; it never overwrites.
#   MIGRATION_DATABASE_URL=... STATE_DIR=... deploy/restore.sh /backups/almoner-...
# Afterwards follow "After a restore" in RUNBOOK.md before anybody may give.
set -eu
umask 077
backup=${1:?say which backup: deploy/restore.sh DIRECTORY}
: "${MIGRATION_DATABASE_URL:?set it to the database as its owner}" "${STATE_DIR:?set it to the state directory}"

(cd "$backup" && sha256sum --check --quiet SHA256SUMS) || { echo "The backup is damaged: $backup" >&2; exit 1; }
tables=$(psql -X -A -t -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" "$MIGRATION_DATABASE_URL")
if [ "$tables" -ne 0 ]; then
  echo "The database already holds $tables tables; restore into an empty one." >&2
  exit 1
fi
if [ -d "$STATE_DIR/files" ] && [ -n "$(ls -A "$STATE_DIR/files")" ]; then
  echo "$STATE_DIR/files is not empty; restore into an empty folder." >&2
  exit 1
fi
pg_restore --exit-on-error --single-transaction --no-owner --dbname="$MIGRATION_DATABASE_URL" "$backup/database.dump"
mkdir -p "$STATE_DIR"
tar --extract --gzip --file="$backup/files.tar.gz" --directory="$STATE_DIR"
echo "Restored $backup. Now: RUNBOOK.md, After a restore."
