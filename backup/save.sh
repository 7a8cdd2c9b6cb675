#!/bin/sh
# backup/save.sh FILE: saves the database of the ensemble's last server into FILE. That server is stopped meanwhile, so
# that its files are whole; the others serve on.
set -eu
file=${1:?usage: backup/save.sh FILE}
. "$(dirname "$0")/ensemble.sh"

count=$(servers)
if [ "$count" -lt 3 ]; then
  echo "save: an ensemble of $count cannot do without a server" >&2
  exit 1
fi
ready=$(kubectl get statefulset "$name" -o 'jsonpath={.status.readyReplicas}')
if [ "$ready" != "$count" ]; then
  echo "save: ${ready:-0} of $count servers are in the quorum; stopping one more could lose it. Wait for all" >&2
  exit 1
fi
# Whatever happens, the server comes back.
trap 'rm -f "$file.part"; release_volume; scale $((count - 1)) "$count"' EXIT
trap 'exit 130' INT TERM
scale "$count" $((count - 1))
hold_volume $((count - 1))
kubectl exec zookeeper-volume -- tar -C /volume/data -czf - version-2 log/version-2 >"$file.part"
gzip -t "$file.part"
mv "$file.part" "$file"
echo "saved the database of $name-$((count - 1)) in $file" >&2
