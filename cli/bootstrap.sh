#!/bin/sh
# Runs a program of this project on the Node that is one of its npm packages:
# bootstrap.sh PROGRAM [ARGUMENT ...]. Installs the packages first when
# package-lock.json asks for others than are installed.
set -eu
unset CDPATH
cd "$(dirname "$0")/.."

if ! cmp -s package-lock.json node_modules/.installed-package-lock.json; then
  echo "Installing the npm packages (about 30 s) ..." >&2
  # Included whatever NODE_ENV or the user's npm settings leave out.
  npm ci --include=dev --include=optional --ignore-scripts --prefer-offline --loglevel=error >&2
  cp package-lock.json node_modules/.installed-package-lock.json
fi

# The packages of Node for the two architectures declare the same command. npm 9
# and 10 leave one of them out as it does not fit, and the command with it.
for node in node_modules/node-linux-*/bin/node; do
  if [ -x "$node" ] && [ ! -x node_modules/.bin/node ]; then
    ln -sf "../${node#node_modules/}" node_modules/.bin/node
  fi
done

# Elsewhere than on Linux it is the machine's own.
if [ ! -x node_modules/.bin/node ]; then
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major > 22 || (major === 22 && minor >= 18)) process.exit(0);
    console.error(`Node ${process.version} is on PATH, and 22.18 or newer is needed: install one. ` +
      "On Linux with x64 or arm64, npm ci brings one.");
    process.exit(1)'
fi

# Some programs take the variable CI for a terminal with colours.
if [ ! -t 1 ]; then
  export NO_COLOR=1
fi

# What is made here is read by others, such as ZooKeeper's user in the image.
umask 022

# A shell that su opened has no sbin in PATH.
PATH="$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin"
export PATH
exec node --disable-warning=ExperimentalWarning "$@"
