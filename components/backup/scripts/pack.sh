# pack.sh VOLUME SCRATCH: writes a backup to standard output: snapshots, transaction logs, epochs, and their checksums.
# Other files belong to this server only, or are incomplete.
set -eu
cd "$1/data"
scratch=$2
snapshot=
log=
set --
for file in version-2/snapshot.* version-2/currentEpoch version-2/acceptedEpoch log/version-2/log.*; do
  case $file in
  *.*[!0-9a-f]* | *.) continue ;;
  esac
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  case $file in
  version-2/snapshot.*)
    # ZooKeeper ignores a truncated snapshot, too.
    if [ "$(tail -c 5 "$file" | od -An -tx1 | tr -d ' \n')" != 000000012f ]; then
      echo "$file is truncated, and is left out" >&2
      continue
    fi
    snapshot=yes
    ;;
  log/*)
    # ZooKeeper deletes an empty log when it starts.
    [ -s "$file" ] || continue
    log=yes
    ;;
  esac
  set -- "$@" "$file"
done
if [ -z "$snapshot" ] || [ -z "$log" ]; then
  echo "this server does not have both a snapshot and a transaction log yet; connect a client, and save again" >&2
  exit 1
fi
sha256sum "$@" >"$scratch/SHA256SUMS"
# Transaction logs are preallocated, so they end with a hole.
tar -czf - --sparse -C "$scratch" SHA256SUMS -C "$PWD" --no-recursion "$@"
