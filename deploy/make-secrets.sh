#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, each once: an existing file is never touched.
set -eu
umask 077
dir=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/secrets
mkdir -p "$dir"
chmod 700 "$dir"

say() { printf '%s\n' "make-secrets: $*"; }

if ! command -v openssl >/dev/null 2>&1; then
  say 'openssl is not installed; install it (Debian: apt-get install openssl)' >&2
  exit 1
fi

if [ ! -e "$dir/grafana_admin_password" ]; then
  openssl rand -hex 24 > "$dir/grafana_admin_password"
  say "made grafana_admin_password (user: admin)"
fi

if [ ! -e "$dir/admin_key" ]; then
  openssl rand -hex 32 > "$dir/admin_key"
  say 'made admin_key: for Authorization: Bearer of calls that change something'
fi

if [ ! -e "$dir/model_signing_key.pem" ]; then
  openssl genpkey -algorithm ed25519 -out "$dir/model_signing_key.pem"
  say 'made model_signing_key.pem: the trainer signs models with it'
fi
if [ ! -e "$dir/model_public_keys.pem" ]; then
  openssl pkey -in "$dir/model_signing_key.pem" -pubout -out "$dir/model_public_keys.pem"
  say 'made model_public_keys.pem: the stream trusts models signed with these keys'
fi

# Compose mounts the files as they are, and the containers run as other users; the directory stays closed to others.
chmod 444 "$dir"/*
say "secrets are in $dir"
