#!/bin/sh
# First start of an empty database: the owner migrates, the application only does what it must.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$EPLAN_OWNER_PASSWORD" -v app="$EPLAN_APP_PASSWORD" <<'SQL'
CREATE ROLE eplan_owner LOGIN PASSWORD :'owner';
CREATE ROLE eplan_app LOGIN PASSWORD :'app';
GRANT eplan_app TO eplan_owner;
CREATE DATABASE eplan OWNER eplan_owner;
\connect eplan
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
SQL
