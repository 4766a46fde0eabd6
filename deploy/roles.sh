#!/bin/sh
# Run once by the postgres image on an empty volume: two roles, so that the product never owns what it writes.
set -eu
psql -v ON_ERROR_STOP=1 -v app="$APP_PASSWORD" -v owner="$OWNER_PASSWORD" -U postgres <<'SQL'
CREATE ROLE almoner_owner LOGIN PASSWORD :'owner';
CREATE ROLE almoner_app LOGIN PASSWORD :'app';
CREATE DATABASE almoner OWNER almoner_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE almoner FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE almoner TO almoner_app;
SQL
