#!/bin/bash
# Usage: as-root.sh COMMAND...
# Runs a command as root, which the local GKE needs. sudo by itself would neither
# keep these variables nor say that this is CI.
set -euo pipefail
exec sudo -H env "PATH=$PATH" "ZOOKEEPER_ENVIRONMENT_CACHE=$ZOOKEEPER_ENVIRONMENT_CACHE" CI=true "$@"
