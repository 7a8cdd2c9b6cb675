#!/bin/sh
# backup/restore.sh FILE: stops the ensemble, replaces every server's database by the one in FILE, and starts it again.
# What was written since FILE was saved is lost. Run it again if it was cut off.
set -eu
file=${1:?usage: backup/restore.sh FILE}
. "$(dirname "$0")/ensemble.sh"

gzip -t "$file"
# SERVERS: how many there are, for a second try, when they are stopped already.
count=${SERVERS:-$(servers)}
if [ "$count" -lt 1 ]; then
  echo "restore: the ensemble has no servers now; say how many it had: SERVERS=3 backup/restore.sh $file" >&2
  exit 1
fi
release_volume
scale "$count" 0
n=0
while [ "$n" -lt "$count" ]; do
  hold_volume "$n"
  # All servers get the same database, so that none of them can outvote it.
  kubectl exec -i zookeeper-volume -- sh -euc \
    'mkdir -p /volume/data; cd /volume/data; rm -rf ./* ; tar -xzf -' <"$file"
  release_volume
  n=$((n + 1))
done
scale 0 "$count"
echo "restored $count servers from $file" >&2
