#!/bin/sh
# backup/restore.sh FILE: stops the ensemble, replaces every server's database by the one in FILE, and starts it again.
# What was written since FILE was saved is served no more; each volume keeps it in a folder data.replaced-TIME.
# Run it again if it was cut off.
set -eu
file=${1:?usage: backup/restore.sh FILE}
. "$(dirname "$0")/ensemble.sh"

gzip -t "$file"
if ! tar -tzf "$file" | grep -q '^version-2/snapshot[.]'; then
  echo "restore: $file holds no database of ZooKeeper (version-2/snapshot.*); save.sh makes such files" >&2
  exit 1
fi
# SERVERS: how many there are, for a second try, when they are stopped already.
count=${SERVERS:-$(servers)}
if [ "$count" -lt 1 ]; then
  echo "restore: the ensemble has no servers now; say how many it had: SERVERS=3 backup/restore.sh $file" >&2
  exit 1
fi
release_volume
scale "$count" 0
replaced=data.replaced-$(date -u +%Y%m%dT%H%M%SZ)
n=0
while [ "$n" -lt "$count" ]; do
  hold_volume "$n"
  # All servers get the same database, so that none of them can outvote it.
  # Nothing is moved before the whole file has arrived.
  kubectl exec -i zookeeper-volume -- sh -euc "cd /volume; rm -rf data.new; mkdir data.new
    tar -C data.new -xzf -; if [ -e data ]; then mv data $replaced; fi; mv data.new data" <"$file"
  release_volume
  n=$((n + 1))
done
scale 0 "$count"
echo "restored $count servers from $file; what they had is in /var/lib/zookeeper/$replaced: remove it to have its room" >&2
