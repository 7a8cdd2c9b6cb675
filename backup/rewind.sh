#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/rewind.sh FILE MOMENT EARLIER

Makes EARLIER, a backup with the database as it was at an earlier moment, from the snapshots and transaction logs in
FILE, which save.sh has created. No server is stopped, and FILE does not change. MOMENT is the last transaction to keep,
such as 0x50000024e, or a time in UTC, such as 2026-11-28T09:12:01Z; that second is kept. The command works in a pod,
which it deletes, and starts a server on the result there. restore.sh restores it. An existing file EARLIER is replaced
only by a complete backup, which is readable by its owner only. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
  TMPDIR     the folder to which FILE is unpacked for the check (default: /tmp)
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/archive.sh"
. "$here/target.sh"

recover() {
  remove_part
  if [ "$1" -ne 0 ]; then
    say "$earlier was not made"
  fi
}

check_option "${1-}"
[ "${1-}" != -- ] || shift
[ $# -eq 3 ] || usage_error "expected FILE, MOMENT and EARLIER, got $# arguments"
file=$1
moment=$2
earlier=$3
case $file in -*) file=./$file ;; esac
case $earlier in -*) earlier=./$earlier ;; esac

begin
check_settings
# As the tools in the pod write them.
wanted=
case $moment in
0[xX]?*)
  case ${moment#0?} in
  *[!0-9a-fA-F]* | ?????????????????*) ;;
  *) wanted=$(printf %s "$moment" | tr A-FX a-fx) ;;
  esac
  ;;
[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z)
  wanted="${moment%T*} $(printf %s "${moment#*T}" | tr -d Z)"
  ;;
esac
if [ -z "$wanted" ]; then
  add_error "MOMENT \"$(printable "$moment")\": is neither a transaction id such as 0x50000024e nor a time in UTC such as" \
    "2026-11-28T09:12:01Z; use one of these"
fi
check_target "$earlier"
check_archive "$file"
stop_on_errors

find_ensemble
stop_on_errors
take_lock
flags=$(field '{.spec.template.spec.containers[0].env[?(@.name=="SERVER_JVMFLAGS")].value}')
code=0
run_in "$name-backup" rewind "$work/backup.tar.gz" "$part" /volume "$wanted" "$flags" 2>"$work/said" || code=$?
cat "$work/said" >&2
if [ "$code" -ne 0 ]; then
  [ "$code" -eq "$failed" ] || say "the backup could not be rewound; run the command again"
  exit 1
fi

check_archive "$part"
stop_on_errors "the result is not a complete database"
try_archive "the result" || exit 1
last=$(sed -n 's/^its last transaction is now \(0x[0-9a-f]*\) .*/\1/p' "$work/said" | tail -n 1)
read -r _ loaded _ <"$work/znodes"
if [ "$loaded" != "$last" ]; then
  say "a server that starts with the result has loaded transactions up to $loaded, not $last"
  exit 1
fi
publish "$earlier"
say "made $earlier, which has $znodes znodes; to restore it: backup/restore.sh $earlier"
