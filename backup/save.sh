#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/save.sh FILE

Saves the database of the ensemble's last server to FILE. That server is stopped while its files are copied; the others
keep serving. Then the command checks the copy, and starts a server on it in the cluster. FILE is readable by its owner
only. An existing FILE is replaced only by a complete backup. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
  TMPDIR     the folder to which the copy is unpacked for the check (default: /tmp)
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"
. "$here/target.sh"

stopped=

# Starts the server again, whatever happened.
recover() {
  remove_part
  if [ "$stopped" = yes ]; then
    start_all || stopped=starting
  fi
  if [ "$stopped" = starting ]; then
    say "$name-$last is not in the quorum yet; see \"Look first\" in docs/runbook.md"
  fi
  if [ "$1" -ne 0 ]; then
    say "$file was not saved"
  fi
}

check_quorum() {
  if [ "$replicas" -ne "$count" ]; then
    add_error "StatefulSet $name: has $replicas replicas, but its configuration lists $count servers; first run:" \
      "kubectl --namespace $namespace scale statefulset $name --replicas $count"
  elif [ "$count" -lt 3 ]; then
    add_error "StatefulSet $name: with $count servers, there is no quorum while one is stopped; use 3 servers or more"
  elif [ "$ready" != "$count" ]; then
    add_error "StatefulSet $name: only $ready of $count servers are in the quorum, and stopping another one could" \
      "lose it; wait until all are"
  fi
  if rolling_out; then
    add_error "StatefulSet $name: a rollout is replacing its servers; wait until it is complete: kubectl rollout status"
  fi
}

one_argument FILE "$@"
file=$argument
begin
check_settings
check_target "$file"
find_tar || true
stop_on_errors

find_ensemble
stop_on_errors
check_quorum
stop_on_errors
take_lock

last=$((count - 1))
say "stopping $name-$last; the others keep serving"
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

# Only a backup that can be restored is saved.
check_archive "$part"
if [ -n "$errors" ]; then
  say "the copy is not a complete database:"
  printf '%s' "$errors" >&2
  exit 1
fi
try_archive "the copy" || exit 1
publish "$file"
say "saved the database of $name-$last with $znodes znodes to $file"
