# Sourced by save.sh and restore.sh: judges whether a file is a backup. Nothing in it is trusted. The files that pass are
# packed again, and only the new archive reaches a volume.

# Only GNU tar reports where an archive ends.
find_tar() {
  for tar in tar gtar; do
    case $($tar --version 2>"$work/out") in *"GNU tar"*) return 0 ;; esac
  done
  fault "tar: is not GNU tar; install that (on macOS: brew install gnu-tar)"
  return 1
}

sha256() {
  if command -v sha256sum >"$work/out"; then
    sha256sum "$@"
  else
    shasum -a 256 "$@"
  fi
}

# judge_archive FILE: adds what is wrong with it to the faults. If nothing is, it sets
#   $work/backup.tar.gz  the same files, their sums with them in SHA256SUMS
#   ident                a short name of this content
#   need                 the room that they take, in KiB
judge_archive() {
  at_fault=$faults
  if [ ! -e "$1" ]; then
    fault "$1: does not exist; name a file that save.sh has made"
  elif [ ! -f "$1" ]; then
    fault "$1: is not a regular file; name a file that save.sh has made"
  elif [ ! -r "$1" ]; then
    fault "$1: cannot be read; a backup is readable by its owner only"
  elif find_tar && judge_names "$1" && unpack "$1"; then
    judge_snapshots
    judge_logs
    judge_epochs
    judge_sums
  fi
  if [ "$faults" = "$at_fault" ]; then
    pack_again
  fi
}

# Judges the list of members, before anything is unpacked.
judge_names() {
  unpacked=$(gzip -dc <"$1" 2>"$work/err" | wc -c)
  if [ -s "$work/err" ]; then
    fault "$1: is not a whole gzip file ($(shown "$(tail -n 1 "$work/err")")); take another copy"
    return 1
  fi
  free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
  # Unpacked, and packed again.
  if [ $((unpacked / 512)) -gt "$free" ]; then
    fault "$1: takes $((unpacked / 1024)) KiB, and $work has $free free; set TMPDIR to a folder with twice as much"
    return 1
  fi
  # Both have a line for each member. Owners are numbers, because their names could contain line breaks.
  if ! $tar -Ptzf - <"$1" >"$work/names" 2>"$work/err" ||
    ! $tar -PtvRzf - --numeric-owner <"$1" >"$work/blocks" 2>>"$work/err" ||
    ! tail -n 1 "$work/blocks" | grep -q '^block [0-9]*: \*\* Block of NULs \*\*$'; then
    fault "$1: is not a whole tar archive, it ends too early or is none; take another copy"
    return 1
  fi
  sed -e '$d' -e 's/^block [0-9]*: //' "$work/blocks" >"$work/types"
  if [ ! -s "$work/names" ]; then
    fault "$1: is empty; take another copy"
    return 1
  fi
  if [ "$(wc -l <"$work/names")" -ne "$(wc -l <"$work/types")" ]; then
    fault "$1: cannot be understood"
    return 1
  fi
  if [ -s "$work/err" ]; then
    fault "$1: $(shown "$(head -n 1 "$work/err")")"
    return 1
  fi
  awk -f "$here/members.awk" "$work/types" "$work/names" >"$work/members"
  sed -n 's/^file //p' "$work/members" | sort >"$work/files"
  strange=$(grep -c '^fault ' "$work/members") || true
  sed -n 's/^fault //p' "$work/members" | head -n 10 >"$work/strange"
  while read -r line; do
    fault "$1: $line"
  done <"$work/strange"
  if [ "$strange" -gt 10 ]; then
    fault "$1: and $((strange - 10)) more like these"
  fi
  sed -n 's/^hint //p' "$work/members" >"$work/hints"
  while read -r line; do
    fault "$1: $line"
  done <"$work/hints"
  [ "$strange" -eq 0 ]
}

# unpack FILE: unpacks it to $work/database, and checks that these are the files that were judged.
unpack() {
  mkdir "$work/database"
  if ! $tar -C "$work/database" --no-same-owner --no-same-permissions -xzf - <"$1" 2>"$work/err"; then
    fault "$1: cannot be unpacked ($(shown "$(head -n 1 "$work/err")"))"
    return 1
  fi
  chmod -R u=rwX,go= "$work/database"
  (cd "$work/database" && find . -type f | sed 's:^\./::' | sort) >"$work/unpacked"
  if ! cmp -s "$work/files" "$work/unpacked" || [ -n "$(find "$work/database" ! -type f ! -type d)" ]; then
    fault "$1: has changed while it was looked at"
    return 1
  fi
}

# begins FILE TEXT
begins() {
  [ "$(head -c ${#2} "$1" | tr -d '\0')" = "$2" ]
}

# The same check as ZooKeeper's before it loads a snapshot: the path "/" is written last.
judge_snapshots() {
  for path in $(grep '^version-2/snapshot\.' "$work/files"); do
    in=$work/database/$path
    if [ ! -s "$in" ]; then
      fault "$path: is empty; use another backup"
    elif ! begins "$in" ZKSN; then
      fault "$path: is not a snapshot; use another backup"
    elif [ "$(tail -c 5 "$in" | od -An -tx1 | tr -d ' \n')" != 000000012f ]; then
      fault "$path: is cut off; use another backup"
    fi
  done
}

judge_logs() {
  for path in $(grep '^log/version-2/log\.' "$work/files"); do
    in=$work/database/$path
    if [ "$(wc -c <"$in")" -lt 16 ]; then
      fault "$path: is cut off within its header; use another backup"
    elif ! begins "$in" ZKLG; then
      fault "$path: is not a transaction log; use another backup"
    fi
  done
  # The newest snapshot needs a log that begins before it ends, or with the next transaction: the first one of a later
  # epoch, if not the next number.
  snapshot=$(newest version-2/snapshot)
  following=
  for log in $(zxids log/version-2/log); do
    if [ "$log" -le "$snapshot" ] || [ "$log" -eq $((snapshot + 1)) ]; then
      return 0
    fi
    if [ -z "$following" ] || [ "$log" -lt "$following" ]; then
      following=$log
    fi
  done
  if [ $((following >> 32)) -eq $((snapshot >> 32)) ] || [ $((following & 0xffffffff)) -ne 1 ]; then
    fault "version-2/snapshot.$(printf %x "$snapshot"): the transaction log that goes on from there is missing," \
      "the first one is log.$(printf %x "$following"); use another backup"
  fi
}

# zxids PREFIX: prints the transaction ids in the names of these files.
zxids() {
  sed -n "s:^$1\.:0x:p" "$work/files" | while read -r zxid; do
    echo $((zxid))
  done
}

newest() {
  zxids "$1" | sort -n | tail -n 1
}

# A server does not start if its data have a later epoch than currentEpoch.
judge_epochs() {
  for path in version-2/currentEpoch version-2/acceptedEpoch; do
    in=$work/database/$path
    if [ -e "$in" ]; then
      epoch=$(head -c 12 "$in")
      case $epoch in
      '' | *[!0-9]* | ???????????*)
        fault "$path: is not a number; use another backup"
        return 0
        ;;
      esac
    fi
  done
  if [ ! -e "$work/database/version-2/currentEpoch" ] && [ ! -e "$work/database/version-2/acceptedEpoch" ]; then
    # A server then uses the epoch of its data.
    return 0
  fi
  if [ ! -e "$work/database/version-2/currentEpoch" ] || [ ! -e "$work/database/version-2/acceptedEpoch" ]; then
    fault "version-2: has one of currentEpoch and acceptedEpoch only; use another backup"
    return 0
  fi
  current_epoch=$(cat "$work/database/version-2/currentEpoch")
  accepted_epoch=$(cat "$work/database/version-2/acceptedEpoch")
  last_zxid=$({ zxids version-2/snapshot && zxids log/version-2/log; } | sort -n | tail -n 1)
  if [ $((last_zxid >> 32)) -gt "$current_epoch" ]; then
    fault "version-2/currentEpoch: is $current_epoch, and the data are of epoch $((last_zxid >> 32)); use another backup"
  fi
  if [ "$accepted_epoch" -lt "$current_epoch" ]; then
    fault "version-2/acceptedEpoch: is $accepted_epoch, less than currentEpoch, $current_epoch; use another backup"
  fi
}

# Compares the files with the sums that save.sh has added. Older backups have none.
judge_sums() {
  grep -vx SHA256SUMS "$work/files" >"$work/data"
  if [ -e "$work/database/SHA256SUMS" ]; then
    sort "$work/database/SHA256SUMS" >"$work/noted"
    (cd "$work/database" && sha256 $(cat "$work/data")) | sort >"$work/counted"
    if ! cmp -s "$work/noted" "$work/counted"; then
      different=$(comm -3 "$work/noted" "$work/counted" | awk '{ print $2 }' | sort -u | head -n 3 | tr '\n' ' ')
      fault "SHA256SUMS: not as they were saved: $(shown "$different"); use another backup"
    fi
  fi
}

pack_again() {
  (
    cd "$work/database"
    sha256 $(cat "$work/data") >SHA256SUMS
    # Transaction logs are allocated ahead, so they end with zeros.
    $tar -czf "$work/backup.tar.gz" --sparse --hole-detection=raw --no-recursion SHA256SUMS $(cat "$work/data")
  )
  need=$(($(gzip -dc <"$work/backup.tar.gz" | wc -c) / 1024 + 1))
  ident=$(sha256 "$work/database/SHA256SUMS" | cut -c 1-16)
  rm -rf "$work/database"
}

# try_archive FILE: starts a server on the backup, in a pod without a volume. Sets `znodes` to the number of znodes.
try_archive() {
  heap=$(field '{.spec.template.spec.containers[0].env[?(@.name=="ZK_SERVER_HEAP")].value}')
  flags=$(field '{.spec.template.spec.containers[0].env[?(@.name=="SERVER_JVMFLAGS")].value}')
  case $heap in '' | *[!0-9]* | ??????*) heap=1000 ;; esac
  code=0
  run_in "$name-backup" load "$work/backup.tar.gz" "$work/znodes" /volume "$heap" "$flags" || code=$?
  if [ "$code" -eq "$failed" ]; then
    say "ZooKeeper cannot use $1"
  elif [ "$code" -ne 0 ]; then
    say "$1 could not be tried; run the command again"
  else
    znodes=$(cat "$work/znodes")
  fi
  return "$code"
}
