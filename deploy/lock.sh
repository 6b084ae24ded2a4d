#!/usr/bin/env bash
# Writes the lock files from pyproject.toml: exact versions with their hashes, and no address of where they were got from.
#
# What is locked stays as it is while pyproject.toml allows it; `deploy/lock.sh --upgrade` takes the newest versions, and
# `deploy/lock.sh --upgrade-package NAME` one package's.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=${LOCK_TOOL:-.venv/bin/pip-compile}

# Settings of this machine (mirrors, local folders of wheels) must not decide what everybody installs.
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_INDEX_URL
export PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND='make lock'

options=(--quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host
  --no-emit-find-links --no-emit-options --no-config)
"$compile" "${options[@]}" --extra hls --extra build "$@" --output-file requirements.lock pyproject.toml
"$compile" "${options[@]}" --extra hls --extra build --extra load --extra test --constraint requirements.lock "$@" --output-file requirements-test.lock pyproject.toml
"$compile" "${options[@]}" "$@" --output-file deploy/requirements-node.lock deploy/requirements-node.in

if grep -nE '://|file:/|/(opt|srv|home)/' requirements.lock requirements-test.lock deploy/requirements-node.lock; then
  echo 'a lock file names an address' >&2
  exit 1
fi
