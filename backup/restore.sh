#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/restore.sh FILE

Replaces every server's database by the backup in FILE, which save.sh has made. First it looks at the backup, and starts
a server on a copy of it in the cluster; then it stops all servers, and nobody is served until it is done. What the
servers had stays on their volumes, and backup/undo.sh puts it back. After Ctrl-C before that, they start again with what
they had. A run that was killed is finished by the same command.

Environment: NAMESPACE (default: default) and NAME (default: zk) say which ensemble, SERVERS how many servers it had where
that is not noted in the cluster, TMPDIR where FILE is unpacked to look at it. kubectl's current context is used.
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"
. "$here/replace.sh"

# In KiB. With less than this free, a server does not start.
reserve=65536

# A server that does not run cannot be asked; stage.sh checks its volume before anything is replaced.
check_room() {
  for n in $(ordinals); do
    free=$(kubectl exec "$name-$n" -- df -Pk /var/lib/zookeeper 2>"$work/err" | awk 'NR == 2 { print $4 }')
    if [ -n "$free" ] && [ "$free" -lt "$room" ]; then
      fault "the volume of $name-$n: has $free KiB free, and $room are needed; raise volumeSize, or remove a" \
        "data.replaced-* that nobody wants"
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
judge_archive "$file"
refuse_faults

find_ensemble
check_servers
refuse_faults
room=$((need + reserve))
check_room
refuse_faults
later=datadir-$name-$count
if kubectl get persistentvolumeclaims "$later" -o name >"$work/out" 2>"$work/err"; then
  say "the claim $later belongs to a server that was taken away, and is not touched. Its data are later than the backup:" \
    "delete it before the ensemble grows again"
fi
if rolling_out; then
  say "a roll-out of $name is not finished: all its servers will start with the new template"
fi
take_lock
try_archive "$file" || {
  say "refused, and nothing was touched"
  exit 1
}
say "$file holds $znodes znodes, and a server starts with it"

stop_and_hold
if [ "$(unserved | cut -d ' ' -f 2)" != "$ident" ]; then
  exchange "$ident" stage_backup data.new
  kept=$time
else
  kept=$(unserved | cut -d ' ' -f 1)
fi
start
say "restored $count servers from $file. What they had is kept in data.replaced-$kept: backup/undo.sh $kept puts it back"
