#!/bin/bash
# Installs the npm packages, and puts the Node among them on the PATH of later
# steps: it runs TypeScript without a build step.
set -euo pipefail
sh cli/bootstrap.sh --version
echo "$PWD/node_modules/.bin" >>"$GITHUB_PATH"
