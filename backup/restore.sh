#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/restore.sh FILE

Replaces the database of every server with the backup in FILE, which save.sh has created. First the command checks the
backup, and starts a server on a copy of it in the cluster. Then it stops all servers; the ensemble does not serve until
the command is done. The earlier data stays on the volumes, and backup/undo.sh puts it back. If you press Ctrl-C before
the data is replaced, the servers start again with their earlier data. If the command is killed, run it again to
complete the restore. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
  SERVERS    how many servers the ensemble had, if the cluster does not say
  TMPDIR     the folder to which FILE is unpacked for the check (default: /tmp)
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"
. "$here/replace.sh"

# In KiB. With less free space than this, a server does not start.
reserve=65536

# Checks the free space on the volumes. A server that does not run cannot be asked; stage.sh checks its volume before
# anything is replaced.
check_room() {
  for n in $(ordinals); do
    free=$(kubectl exec "$name-$n" -- df -Pk /var/lib/zookeeper 2>"$work/err" | awk 'NR == 2 { print $4 }')
    if [ -n "$free" ] && [ "$free" -lt "$room" ]; then
      add_error "the volume of $name-$n: has $free KiB free, but $room are needed; raise volumeSize, or delete a" \
        "data.replaced-* folder that nobody needs"
    fi
  done
}

stage_backup() {
  run_in "$name-backup-$1" stage "$work/backup.tar.gz" "$work/out" /volume "$2" "$ident" "$room"
}

one_argument FILE "$@"
file=$argument
begin
check_settings
check_archive "$file"
stop_on_errors

find_ensemble
check_servers
stop_on_errors
room=$((need + reserve))
check_room
stop_on_errors
later=datadir-$name-$count
if kubectl get persistentvolumeclaims "$later" -o name >"$work/out" 2>"$work/err"; then
  say "the claim $later belongs to a server that was removed, and is not touched. Its data is newer than the backup:" \
    "delete the claim before the ensemble grows again"
fi
if rolling_out; then
  say "a rollout of $name is not complete: all servers will start with the new template"
fi
take_lock
try_archive "$file" || {
  say "rejected; nothing was touched"
  exit 1
}
say "a server starts with $file, which has $znodes znodes"

stop_and_hold
if [ "$(unserved | cut -d ' ' -f 2)" != "$ident" ]; then
  exchange "$ident" stage_backup data.new
  kept=$time
else
  kept=$(unserved | cut -d ' ' -f 1)
fi
start
say "restored $count servers from $file. Their earlier data is in data.replaced-$kept; to put it back:" \
  "backup/undo.sh $kept"
