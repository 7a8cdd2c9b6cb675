#!/bin/bash
# Usage: tools.sh create|root|runner
# Creates the folder of the tools for the runner, gives it to root before root runs
# anything in it, or gives it back to the runner, who saves the cache. Images are not
# saved: their files belong to several users, whom a change of the owner would forget.
set -euo pipefail
case $1 in
  create) sudo install -d -o "$USER" "$ZOOKEEPER_ENVIRONMENT_CACHE" ;;
  root) sudo chown -R root:root "$ZOOKEEPER_ENVIRONMENT_CACHE" ;;
  # A job that failed early has no folder.
  runner)
    if [ -d "$ZOOKEEPER_ENVIRONMENT_CACHE" ]; then
      sudo rm -rf "$ZOOKEEPER_ENVIRONMENT_CACHE"/images-*
      sudo chown -R "$USER" "$ZOOKEEPER_ENVIRONMENT_CACHE"
    fi
    ;;
  *) echo "tools.sh: unknown action $1; use create, root or runner" >&2; exit 2 ;;
esac
