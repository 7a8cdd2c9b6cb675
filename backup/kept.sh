#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/kept.sh [BACKUP FILE]

Lists the backups that were saved on a schedule, the oldest first. With BACKUP, one of these names, the command copies
that backup to FILE, from which restore.sh restores it. "latest" means the newest one. FILE is readable by its owner
only, and an existing FILE is replaced only by a complete backup. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
  CLAIM      the claim of the volume with the backups, if it is not NAME-backups
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"
. "$here/target.sh"

recover() {
  remove_part
}

check_option "${1-}"
[ "${1-}" != -- ] || shift
[ $# -eq 0 ] || [ $# -eq 2 ] || usage_error "expected no arguments, or BACKUP and FILE, got $#"
wanted=${1-}
file=${2-}
case $file in -*) file=./$file ;; esac

begin
check_settings
claim=${CLAIM:-$name-backups}
case $claim in *[!a-z0-9.-]* | [.-]* | *[.-])
  add_error "CLAIM \"$(printable "$claim")\": is not a Kubernetes name; use that of a volume claim"
  ;;
esac
case $wanted in
*[!A-Za-z0-9-]*) add_error "BACKUP \"$(printable "$wanted")\": is not the name of a backup; run backup/kept.sh" ;;
esac
if [ -n "$file" ]; then
  check_target "$file"
fi
stop_on_errors

find_ensemble
stop_on_errors
if ! kubectl get persistentvolumeclaims "$claim" -o name >"$work/out" 2>"$work/err"; then
  add_error "the claim $claim: cannot be read ($(printable "$(head -n 1 "$work/err")")); set backupSchedule, or CLAIM"
  stop_on_errors
fi
take_lock
create_pod "$name-backup-kept" "{\"name\": \"volume\", \"persistentVolumeClaim\": {\"claimName\": \"$claim\"}}"
await_pod "$name-backup-kept"
run_in "$name-backup-kept" kept /dev/null "$work/kept" /volume "$name"

if [ -z "$wanted" ]; then
  if [ -s "$work/kept" ]; then
    cut -d " " -f 1-4 "$work/kept"
  else
    say "there is no backup on the volume of $claim yet"
  fi
  exit 0
fi

if [ "$wanted" = latest ]; then
  wanted=$(tail -n 1 "$work/kept" | cut -d ' ' -f 1)
fi
sum=$(sed -n "s/^$wanted .* //p" "$work/kept")
if [ -z "$sum" ]; then
  say "there is no backup $wanted; to list them: backup/kept.sh"
  exit 1
fi
run_in "$name-backup-kept" fetch /dev/null "$part" /volume "$wanted"
if [ "$(sha256 <"$part" | cut -d ' ' -f 1)" != "$sum" ]; then
  say "$wanted differs from what was saved, so it is damaged; use another backup"
  exit 1
fi
publish "$file"
say "copied $wanted to $file; to restore it: backup/restore.sh $file"
