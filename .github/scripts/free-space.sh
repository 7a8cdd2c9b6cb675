#!/bin/bash
# Makes room for the tools where there is little: removes what GitHub's images hold
# and this project never uses. A build of all tools needs 15 GiB, and GitHub
# guarantees 14 GB.
set -euo pipefail
before=$(df --output=avail --block-size=G / | tail -n 1 | tr -dc 0-9)
if [ "$before" -ge 20 ]; then
  exit 0
fi
sudo rm -rf /usr/local/lib/android /opt/hostedtoolcache/CodeQL /usr/share/dotnet
echo "Free on /: $before GiB before, $(df --output=avail --block-size=G / | tail -n 1 | tr -dc 0-9) GiB now"
