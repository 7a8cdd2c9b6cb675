# Sourced by save.sh and restore.sh. It checks whether a file is a backup, and trusts nothing in it. The accepted files
# are packed again; only the new archive reaches a volume.

# Sets `tar` to GNU tar, because only that reports where an archive ends.
find_tar() {
  for tar in tar gtar; do
    case $($tar --version 2>"$work/out") in *"GNU tar"*) return 0 ;; esac
  done
  add_error "tar: is not GNU tar; install GNU tar (on macOS: brew install gnu-tar)"
  return 1
}

sha256() {
  if command -v sha256sum >"$work/out"; then
    sha256sum "$@"
  else
    shasum -a 256 "$@"
  fi
}

# check_archive FILE: adds everything that is wrong with the file to the errors. If there is nothing, it sets
#   $work/backup.tar.gz  the same files and their checksums in SHA256SUMS
#   ident                a short identifier of this content
#   need                 the space that the files take, in KiB
check_archive() {
  errors_before=$errors
  if [ ! -e "$1" ]; then
    add_error "$1: does not exist; use a file created by save.sh"
  elif [ ! -f "$1" ]; then
    add_error "$1: is not a regular file; use a file created by save.sh"
  elif [ ! -r "$1" ]; then
    add_error "$1: is not readable; a backup is readable by its owner only, so run the command as that user"
  elif find_tar && check_names "$1" && unpack "$1"; then
    check_snapshots
    check_logs
    check_epochs
    check_sums
  fi
  if [ "$errors" = "$errors_before" ]; then
    pack_again
  fi
}

# check_names FILE: checks the list of members, before anything is unpacked.
check_names() {
  unpacked=$(gzip -dc <"$1" 2>"$work/err" | wc -c)
  if [ -s "$work/err" ]; then
    add_error "$1: is not a complete gzip file ($(printable "$(tail -n 1 "$work/err")")); use another copy"
    return 1
  fi
  free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
  # For the unpacked files and the new archive.
  if [ $((unpacked / 512)) -gt "$free" ]; then
    add_error "$1: takes $((unpacked / 1024)) KiB, but $work has only $free KiB free; set TMPDIR to a folder with" \
      "twice as much space as the file takes"
    return 1
  fi
  # Both files have one line for each member. Owners are numeric, because names could contain line breaks.
  if ! $tar -Ptzf - <"$1" >"$work/names" 2>"$work/err" ||
    ! $tar -PtvRzf - --numeric-owner <"$1" >"$work/blocks" 2>>"$work/err" ||
    ! tail -n 1 "$work/blocks" | grep -q '^block [0-9]*: \*\* Block of NULs \*\*$'; then
    add_error "$1: is not a complete tar archive; use another copy"
    return 1
  fi
  sed -e '$d' -e 's/^block [0-9]*: //' "$work/blocks" >"$work/types"
  if [ ! -s "$work/names" ]; then
    add_error "$1: is empty; use another copy"
    return 1
  fi
  if [ "$(wc -l <"$work/names")" -ne "$(wc -l <"$work/types")" ]; then
    add_error "$1: has a list of members that cannot be parsed; use another copy"
    return 1
  fi
  if [ -s "$work/err" ]; then
    add_error "$1: $(printable "$(head -n 1 "$work/err")")"
    return 1
  fi
  awk -f "$here/members.awk" "$work/types" "$work/names" >"$work/members"
  sed -n 's/^file //p' "$work/members" | sort >"$work/files"
  unexpected=$(grep -c '^error ' "$work/members") || true
  sed -n 's/^error //p' "$work/members" | head -n 10 >"$work/unexpected"
  while read -r line; do
    add_error "$1: $line"
  done <"$work/unexpected"
  if [ "$unexpected" -gt 10 ]; then
    add_error "$1: and $((unexpected - 10)) more like these"
  fi
  sed -n 's/^hint //p' "$work/members" >"$work/hints"
  while read -r line; do
    add_error "$1: $line"
  done <"$work/hints"
  [ "$unexpected" -eq 0 ]
}

# unpack FILE: unpacks the file to $work/database, and verifies that these are the files that were checked.
unpack() {
  mkdir "$work/database"
  if ! $tar -C "$work/database" --no-same-owner --no-same-permissions -xzf - <"$1" 2>"$work/err"; then
    add_error "$1: cannot be unpacked ($(printable "$(head -n 1 "$work/err")"))"
    return 1
  fi
  chmod -R u=rwX,go= "$work/database"
  (cd "$work/database" && find . -type f | sed 's:^\./::' | sort) >"$work/unpacked"
  if ! cmp -s "$work/files" "$work/unpacked" || [ -n "$(find "$work/database" ! -type f ! -type d)" ]; then
    add_error "$1: has changed while it was checked; run the command again"
    return 1
  fi
}

# begins FILE TEXT: whether the file begins with this text.
begins() {
  [ "$(head -c ${#2} "$1" | tr -d '\0')" = "$2" ]
}

# ZooKeeper performs the same check before it loads a snapshot: the path "/" is written last.
check_snapshots() {
  for path in $(grep '^version-2/snapshot\.' "$work/files"); do
    in=$work/database/$path
    if [ ! -s "$in" ]; then
      add_error "$path: is empty; use another backup"
    elif ! begins "$in" ZKSN; then
      add_error "$path: is not a snapshot; use another backup"
    elif [ "$(tail -c 5 "$in" | od -An -tx1 | tr -d ' \n')" != 000000012f ]; then
      add_error "$path: is truncated; use another backup"
    fi
  done
}

check_logs() {
  for path in $(grep '^log/version-2/log\.' "$work/files"); do
    in=$work/database/$path
    if [ "$(wc -c <"$in")" -lt 16 ]; then
      add_error "$path: is truncated within its header; use another backup"
    elif ! begins "$in" ZKLG; then
      add_error "$path: is not a transaction log; use another backup"
    fi
  done
  # The newest snapshot needs a log that starts before its last transaction, or with the next one. The next transaction
  # has the next number, or is the first one of a later epoch.
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
    add_error "version-2/snapshot.$(printf %x "$snapshot"): the transaction log that continues from there is missing," \
      "the first one is log.$(printf %x "$following"); use another backup"
  fi
}

# zxids PREFIX: prints the transaction ids in the names of the files with this prefix.
zxids() {
  sed -n "s:^$1\.:0x:p" "$work/files" | while read -r zxid; do
    echo $((zxid))
  done
}

newest() {
  zxids "$1" | sort -n | tail -n 1
}

# A server does not start if its data has a later epoch than currentEpoch.
check_epochs() {
  for path in version-2/currentEpoch version-2/acceptedEpoch; do
    in=$work/database/$path
    if [ -e "$in" ]; then
      epoch=$(head -c 12 "$in")
      case $epoch in
      '' | *[!0-9]* | ???????????*)
        add_error "$path: is not a number; use another backup"
        return 0
        ;;
      esac
    fi
  done
  if [ ! -e "$work/database/version-2/currentEpoch" ] && [ ! -e "$work/database/version-2/acceptedEpoch" ]; then
    # Then a server uses the epoch of its data.
    return 0
  fi
  if [ ! -e "$work/database/version-2/currentEpoch" ] || [ ! -e "$work/database/version-2/acceptedEpoch" ]; then
    add_error "version-2: has only one of currentEpoch and acceptedEpoch; use another backup"
    return 0
  fi
  current_epoch=$(cat "$work/database/version-2/currentEpoch")
  accepted_epoch=$(cat "$work/database/version-2/acceptedEpoch")
  last_zxid=$({ zxids version-2/snapshot && zxids log/version-2/log; } | sort -n | tail -n 1)
  if [ $((last_zxid >> 32)) -gt "$current_epoch" ]; then
    add_error "version-2/currentEpoch: is $current_epoch, but the data is of epoch $((last_zxid >> 32));" \
      "use another backup"
  fi
  if [ "$accepted_epoch" -lt "$current_epoch" ]; then
    add_error "version-2/acceptedEpoch: is $accepted_epoch, which is less than currentEpoch ($current_epoch);" \
      "use another backup"
  fi
}

# Compares the files with the checksums that save.sh adds. Older backups have none.
check_sums() {
  grep -vx SHA256SUMS "$work/files" >"$work/data"
  if [ -e "$work/database/SHA256SUMS" ]; then
    sort "$work/database/SHA256SUMS" >"$work/noted"
    (cd "$work/database" && sha256 $(cat "$work/data")) | sort >"$work/counted"
    if ! cmp -s "$work/noted" "$work/counted"; then
      different=$(comm -3 "$work/noted" "$work/counted" | awk '{ print $2 }' | sort -u | head -n 3 | tr '\n' ' ')
      add_error "SHA256SUMS: files differ from those that were saved: $(printable "$different"); use another backup"
    fi
  fi
}

pack_again() {
  (
    cd "$work/database"
    sha256 $(cat "$work/data") >SHA256SUMS
    # Transaction logs are preallocated, so they end with zeros.
    $tar -czf "$work/backup.tar.gz" --sparse --hole-detection=raw --no-recursion SHA256SUMS $(cat "$work/data")
  )
  need=$(($(gzip -dc <"$work/backup.tar.gz" | wc -c) / 1024 + 1))
  ident=$(sha256 "$work/database/SHA256SUMS" | cut -c 1-16)
  rm -rf "$work/database"
}

# try_archive FILE: starts a server on the backup, in a pod without a volume, and sets `znodes` to the number of znodes.
try_archive() {
  heap=$(field '{.spec.template.spec.containers[0].env[?(@.name=="ZK_SERVER_HEAP")].value}')
  flags=$(field '{.spec.template.spec.containers[0].env[?(@.name=="SERVER_JVMFLAGS")].value}')
  case $heap in '' | *[!0-9]* | ??????*) heap=1000 ;; esac
  code=0
  run_in "$name-backup" load "$work/backup.tar.gz" "$work/znodes" /volume "$heap" "$flags" || code=$?
  if [ "$code" -eq "$failed" ]; then
    say "ZooKeeper cannot load $1"
  elif [ "$code" -ne 0 ]; then
    say "$1 could not be tried; run the command again"
  else
    read -r znodes _ <"$work/znodes"
  fi
  return "$code"
}
