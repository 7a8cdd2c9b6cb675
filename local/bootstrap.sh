#!/bin/sh
# Installs the npm packages when package-lock.json asks for others than are
# installed, then runs the command on the Node that is one of them.
set -eu
cd "$(dirname "$0")/.."

if ! cmp -s package-lock.json node_modules/.installed-package-lock.json; then
  echo "Installing the npm packages (about 30 s) ..." >&2
  npm ci --ignore-scripts --loglevel=error >&2
  cp package-lock.json node_modules/.installed-package-lock.json
fi

# Some programs take the variable CI for a terminal with colours.
if [ ! -t 1 ]; then
  export NO_COLOR=1
fi

PATH="$PWD/node_modules/.bin:$PATH"
export PATH
exec node --disable-warning=ExperimentalWarning local/main.ts "$@"
