#!/bin/sh
# One whole backup: the database, then the folder of files, then a list of digests that proves both.
#   MIGRATION_DATABASE_URL=... STATE_DIR=... deploy/backup.sh /backups
# Everything that must last is in the database, documents included. The folder holds exports, which live for a day.
set -eu
umask 077
target=${1:?say where backups go: deploy/backup.sh DIRECTORY}
: "${MIGRATION_DATABASE_URL:?set it to the database as its owner}" "${STATE_DIR:?set it to the state directory}"

name=almoner-$(date -u +%Y%m%dT%H%M%SZ)
fresh=$target/.$name.tmp
mkdir -p "$fresh"
trap 'rm -rf "$fresh"' EXIT

pg_dump --format=custom --no-owner --file="$fresh/database.dump" "$MIGRATION_DATABASE_URL"
mkdir -p "$STATE_DIR/files"
tar --create --gzip --file="$fresh/files.tar.gz" --directory="$STATE_DIR" files
(cd "$fresh" && sha256sum database.dump files.tar.gz >SHA256SUMS)
# Nothing is a backup until it can be read.
pg_restore --list "$fresh/database.dump" >/dev/null
sync
mv "$fresh" "$target/$name"
trap - EXIT
echo "$target/$name"
