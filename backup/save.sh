#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/save.sh FILE

Saves the database of the ensemble's last server into FILE. That server is stopped while its files are copied; the others
serve on. Then it looks at the copy, and starts a server on it in the cluster. FILE is readable by its owner only; a file
of that name is replaced only by a whole backup.

Environment: NAMESPACE (default: default) and NAME (default: zk) say which ensemble, TMPDIR where the copy is unpacked to
look at it. kubectl's current context is used.
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"

part=
stopped=

# Whatever happens, the server starts again.
put_right() {
  if [ -n "$part" ]; then
    rm -f "$part"
  fi
  if [ "$stopped" = yes ]; then
    start_all || stopped=starting
  fi
  if [ "$stopped" = starting ]; then
    say "$name-$last is not in the quorum yet; docs/runbook.md says where to look"
  fi
  if [ "$1" -ne 0 ]; then
    say "$file is not saved"
  fi
}

# Makes the file beside FILE that is renamed to FILE in the end.
check_target() {
  folder=$(dirname "$file")
  if [ -d "$file" ]; then
    fault "FILE $file: is a folder; name a file in it"
  elif [ -L "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then
    fault "FILE $file: is not a regular file; use another name"
  elif [ -e "$file" ] && [ ! -w "$file" ]; then
    fault "FILE $file: is there and write-protected; use another name"
  elif [ ! -d "$folder" ]; then
    fault "FILE $file: there is no folder $folder; make it, or name another"
  elif ! part=$(mktemp "$folder/.${file##*/}.XXXXXX" 2>"$work/err"); then
    part=
    fault "FILE $file: cannot be written ($(shown "$(head -n 1 "$work/err")")); name another folder"
  fi
}

check_quorum() {
  if [ "$replicas" -ne "$count" ]; then
    fault "StatefulSet $name: has $replicas replicas, and its configuration lists $count servers; first:" \
      "kubectl --namespace $namespace scale statefulset $name --replicas $count"
  elif [ "$count" -lt 3 ]; then
    fault "StatefulSet $name: an ensemble of $count cannot do without a server"
  elif [ "$ready" != "$count" ]; then
    fault "StatefulSet $name: $ready of $count servers are in the quorum, and stopping one more could lose it;" \
      "wait for all"
  fi
  if rolling_out; then
    fault "StatefulSet $name: a roll-out replaces its servers now; wait until it is through: kubectl rollout status"
  fi
}

one_argument FILE "$@"
file=$argument
begin
check_settings
check_target
find_tar || true
refuse_faults

find_ensemble
refuse_faults
check_quorum
refuse_faults
take_lock

last=$((count - 1))
say "$name-$last stops; the others serve on"
stopped=yes
stop_from "$last"
hold_volume "$last"
await_pod "$name-backup-$last"
run_in "$name-backup-$last" pack /dev/null "$part" /volume /tmp
kubectl delete pod "$name-backup-$last" >"$work/out"
stopped=starting
start_all
stopped=
say "$name-$last is back in the quorum"

# A backup is saved only if it can be restored.
judge_archive "$part"
if [ -n "$faults" ]; then
  say "what was copied is not a whole database:"
  printf '%s' "$faults" >&2
  exit 1
fi
try_archive "the copy" || exit 1
sync
mv -f "$part" "$file"
part=
say "saved the database of $name-$last, $znodes znodes, in $file"
