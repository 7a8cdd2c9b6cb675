#!/bin/sh
# Saves the database of a running ensemble to the folder ZK_BACKUPS. It starts an observer: a server that receives all
# data from the leader, and has no vote. The ensemble does not know it, and no other server notices it. A backup counts
# only once another server has started with the stored file, and has the same data. Then one of the backups that were
# kept before is tried in the same way.
set -eu
umask 077

: "${ZK_NAME:?}" "${ZK_BACKUPS:?}" "${ZK_KEEP:?}" "${ZK_WORK:?}" "${POD_IP:?}" "${ZOOCFGDIR:?}" "${ZK_SERVER_HEAP:?}"
here=$(dirname "$0")
# The highest id that ZooKeeper knows: servers with higher ids than this one would try to connect to it.
observer_id=255
observer=
part=
# Set if the backup was saved, but something else is wrong.
incomplete=
began=$(date +%s)
# After so many seconds, no older backup is tried: the CronJob saves a backup late by an hour, but not by more.
enough=1800

say() {
  echo "back-up: $*"
}

# fail TEXT: ends the job without a new backup.
fail() {
  say "no backup was saved: $*" >&2
  exit 1
}

finish() {
  code=$?
  trap - EXIT
  if [ -n "$observer" ]; then
    kill -KILL "$observer" 2>/dev/null || true
  fi
  if [ -n "$part" ]; then
    rm -f "$part"
  fi
  exit "$code"
}

# Two jobs at a time would be two observers with the same id. Another ensemble's job may use the same volume.
take_lock() {
  lock=$ZK_BACKUPS/.lock-$ZK_NAME
  touch "$lock" || fail "the volume with the backups cannot be written"
  exec 9>"$lock"
  flock -n 9 || fail "another job saves a backup of the same ensemble"
  # A job that was killed may have left these. An archive whose description is not in its place yet is not complete; one
  # without any description is, and somebody has deleted that.
  for description in "$ZK_BACKUPS/.$ZK_NAME"-????????T??????Z.json.part; do
    if [ -e "$description" ]; then
      begun=${description##*/.}
      rm -f "$ZK_BACKUPS/${begun%.json.part}.tar.gz"
    fi
  done
  rm -f "$ZK_BACKUPS/.$ZK_NAME"-????????T??????Z*.part
}

# The servers' own certificate: to them, the observer is another server.
take_certificates() {
  if [ -n "${ZK_CERTIFICATES_DIR:-}" ]; then
    POD_NAME="$ZK_NAME-0" sh "$ZK_SCRIPTS/zookeeper-certificates" servers ||
      fail "the Secret with the servers' certificate is not usable"
  fi
}

# Writes the observer's configuration. It connects to the servers as they do to each other. Nobody connects to it.
write_configuration() {
  rm -rf "$ZK_WORK/data" "$ZK_WORK/conf"
  mkdir -p "$ZK_WORK/data/log" "$ZK_WORK/conf"
  cp "$ZOOCFGDIR/logback.xml" "$ZOOCFGDIR/java.security" "$ZK_WORK/conf/"
  # What is left out: folders, metrics, the removal of old files, and everything about clients.
  sed -e '/^\(dataDir\|dataLogDir\|serverCnxnFactory\|secureClientPort\)=/d' \
    -e '/^\(metricsProvider\|autopurge\|client\|netty\|X509AuthenticationProvider\)\./d' \
    -e '/^ssl\.quorum\./b' -e '/^ssl\./d' "$ZOOCFGDIR/zoo.cfg" >"$ZK_WORK/conf/zoo.cfg"
  case $POD_IP in *:*) address="[$POD_IP]" ;; *) address=$POD_IP ;; esac
  cat >>"$ZK_WORK/conf/zoo.cfg" <<EOF
dataDir=$ZK_WORK/data
dataLogDir=$ZK_WORK/data/log
peerType=observer
server.$observer_id=$address:2888:3888:observer;127.0.0.1:2181
EOF
  echo "$observer_id" >"$ZK_WORK/data/myid"
}

ask() {
  printf srvr | nc -w 3 127.0.0.1 2181 2>/dev/null
}

observes() {
  case $(ask) in *"Mode: observer"*) return 0 ;; esac
  return 1
}

# Starts the observer, and waits until it has everything that was acknowledged before. Sets `synced` to a transaction
# id that it has reached after that.
receive() {
  (
    export ZOOCFGDIR="$ZK_WORK/conf" ZOO_LOG_DIR="$ZK_WORK" ZK_MYID="$observer_id"
    # It may begin without a database.
    export SERVER_JVMFLAGS="${SERVER_JVMFLAGS:-} -Dzookeeper.db.autocreate=true"
    exec zkServer.sh start-foreground
  ) >"$ZK_WORK/observer.log" 2>&1 9>&- &
  observer=$!
  left=${ZK_PATIENCE:-600}
  until observes; do
    kill -0 "$observer" 2>/dev/null || fail_observer "ended"
    [ "$left" -gt 0 ] || fail_observer "has received no data from the servers in time"
    left=$((left - 1))
    sleep 1
  done
  # A session is a transaction, so this also makes sure that there is a transaction log.
  case $(zkCli.sh -server 127.0.0.1:2181 sync / 2>&1 9>&-) in
  *"Sync is OK"*) ;;
  *) fail_observer "does not reach the leader" ;;
  esac
  synced=$(ask | sed -n 's/^Zxid: //p')
  [ -n "$synced" ] || fail_observer "has lost the leader"
  # The log is written beside the database.
  sleep 1
  kill -TERM "$observer"
  wait "$observer" || true
  observer=
}

# fail_observer TEXT
fail_observer() {
  tail -n 20 "$ZK_WORK/observer.log" >&2
  fail "the observer $*; its last messages are above"
}

# Stores the observer's files, and starts a server with what is stored.
store() {
  time=$(date -u +%Y%m%dT%H%M%SZ)
  file=$ZK_NAME-$time
  part=$ZK_BACKUPS/.$file.part
  mkdir -p "$ZK_WORK/scratch"
  if ! sh "$here/pack" "$ZK_WORK" "$ZK_WORK/scratch" >"$part"; then
    df -Pk "$ZK_BACKUPS" >&2
    fail "the observer's files could not be stored. If the volume is full, enlarge it, or keep fewer backups"
  fi
  sync
  rm -rf "$ZK_WORK/data" "$ZK_WORK/scratch"
  mkdir "$ZK_WORK/scratch"
  # The flags of the servers: their limits may differ from the defaults.
  loaded=$(sh "$here/load" "$ZK_WORK/scratch" "$ZK_SERVER_HEAP" "${SERVER_JVMFLAGS:-}" <"$part" 9>&-) ||
    fail "no server starts with the stored file"
  rm -rf "$ZK_WORK/scratch"
  read -r znodes zxid digest <<EOF
$loaded
EOF
  if [ $((zxid)) -lt $((synced)) ]; then
    fail "the stored file ends with transaction $zxid, but the observer had already reached $synced"
  fi
  sha256=$(sha256sum <"$part" | cut -d ' ' -f 1)
  # Only a backup with this description is complete.
  cat >"$ZK_BACKUPS/.$file.json.part" <<EOF
{
  "ensemble": "$ZK_NAME",
  "time": "$time",
  "zxid": "$zxid",
  "znodes": $znodes,
  "digest": "$digest",
  "bytes": $(wc -c <"$part"),
  "sha256": "$sha256"
}
EOF
  mv "$part" "$ZK_BACKUPS/$file.tar.gz"
  part=
  mv "$ZK_BACKUPS/.$file.json.part" "$ZK_BACKUPS/$file.json"
  sync
  say "saved $file: $znodes znodes, up to transaction $zxid, $(wc -c <"$ZK_BACKUPS/$file.tar.gz") bytes"
}

# Copies the new backup to the bucket, where it survives the cluster.
copy_to_bucket() {
  if [ -z "${ZK_BUCKET:-}" ]; then
    return
  fi
  . "$here/bucket"
  if copy "$ZK_BACKUPS/$file.tar.gz" "$ZK_BACKUPS/$file.json"; then
    say "copied $file to gs://$ZK_BUCKET/$ZK_NAMESPACE/$ZK_NAME/"
  else
    say "a new backup was saved, but not copied to bucket $ZK_BUCKET: $reason" >&2
    incomplete=yes
  fi
}

# The complete backups, the oldest first.
kept() {
  for json in "$ZK_BACKUPS/$ZK_NAME"-????????T??????Z.json; do
    [ ! -e "$json" ] || basename "$json" .json
  done
}

# Deletes the oldest backups. take_lock completes what a job that was killed has begun.
prune() {
  surplus=$(($(kept | wc -l) - ZK_KEEP))
  kept | while read -r old; do
    if [ "$surplus" -le 0 ]; then
      break
    fi
    surplus=$((surplus - 1))
    say "deletes $old: $ZK_KEEP backups are kept"
    mv "$ZK_BACKUPS/$old.json" "$ZK_BACKUPS/.$old.json.part"
    rm -f "$ZK_BACKUPS/$old.tar.gz"
    rm -f "$ZK_BACKUPS/.$old.json.part"
  done
}

# described NAME FIELD: what the description of a backup says.
described() {
  sed -n "s/^ *\"$2\": \"\([^\"]*\)\",\{0,1\}\$/\1/p" "$ZK_BACKUPS/$1.json"
}

# Whether each kept file is still the one that was stored, and has its description.
verify_kept() {
  damaged=
  for name in $(kept); do
    if [ "$(sha256sum <"$ZK_BACKUPS/$name.tar.gz" | cut -d ' ' -f 1)" != "$(described "$name" sha256)" ] ||
      [ -z "$(described "$name" zxid)" ] || [ -z "$(described "$name" digest)" ]; then
      damaged="$damaged $name"
    fi
  done
  for archive in "$ZK_BACKUPS/$ZK_NAME"-????????T??????Z.tar.gz; do
    if [ -e "$archive" ] && [ ! -e "${archive%.tar.gz}.json" ]; then
      damaged="$damaged $(basename "$archive" .tar.gz)"
    fi
  done
  if [ -n "$damaged" ]; then
    say "a new backup was saved, but these are damaged:$damaged. See docs/runbook.md, \"A backup has failed\"" >&2
    incomplete=yes
  fi
}

# Prints the backup whose turn it is to be tried again: the one after the last that was tried, and after all of them the
# oldest. The new one was just tried, and damaged ones are reported already.
next_to_try() {
  last=$(cat "$ZK_BACKUPS/.tried-$ZK_NAME" 2>/dev/null) || last=
  oldest=
  for name in $(kept); do
    case " $file$damaged " in *" $name "*) continue ;; esac
    if [ "$name" \> "$last" ]; then
      echo "$name"
      return
    fi
    oldest=${oldest:-$name}
  done
  echo "$oldest"
}

# Whether there is room to unpack a backup, and for the snapshot that the server writes.
has_room_for() {
  packed=$(($(wc -c <"$1")))
  # gzip counts up to 4 GiB.
  unpacked=$(gzip -l "$1" 2>/dev/null | sed -n '2s/^ *[0-9]* *\([0-9]*\) .*/\1/p')
  if [ "${unpacked:-0}" -lt "$packed" ]; then
    unpacked=$packed
  fi
  df -Pk "$ZK_WORK" | {
    read -r _
    read -r _ _ _ free _
    [ "$free" -ge $((3 * unpacked / 1024)) ]
  }
}

# Starts a server with an older backup: since it was saved, the image, its flags or its memory may have changed. Sets
# `reason` if the server does not have what the backup's description says.
try_again() {
  rm -rf "$ZK_WORK/scratch"
  if ! mkdir "$ZK_WORK/scratch" ||
    ! loaded=$(sh "$here/load" "$ZK_WORK/scratch" "$ZK_SERVER_HEAP" "${SERVER_JVMFLAGS:-}" \
      <"$ZK_BACKUPS/$1.tar.gz" 2>"$ZK_WORK/load.log" 9>&-); then
    reason=$(tail -n 1 "$ZK_WORK/load.log")
    return 1
  fi
  rm -rf "$ZK_WORK/scratch"
  # Not the number of znodes: the sessions of the time end, and their ephemeral znodes with them.
  loaded=${loaded#* }
  says="$(described "$1" zxid) $(described "$1" digest)"
  if [ "$loaded" != "$says" ]; then
    reason="a server has transaction and digest $loaded, but the description says $says"
    return 1
  fi
}

# Tries one of the older backups, in turn: each comes around while it is kept.
try_older() {
  older=$(next_to_try)
  if [ -z "$older" ]; then
    return
  fi
  if [ $(($(date +%s) - began)) -gt "$enough" ]; then
    say "does not try $older again, as this job has already taken more than $enough s"
  elif ! has_room_for "$ZK_BACKUPS/$older.tar.gz"; then
    say "does not try $older again, as its node's disk may not have enough room"
  elif try_again "$older"; then
    say "tried $older again: a server has what its description says"
    echo "$older" >"$ZK_BACKUPS/.tried-$ZK_NAME" || say "the next job tries $older again"
  else
    # The next job tries it again.
    say "a new backup was saved, but $older can no longer be restored: $reason. See docs/runbook.md," \
      "\"A backup has failed\"" >&2
    incomplete=yes
  fi
}

# Ends the job once a new backup was saved.
end() {
  if [ -n "$incomplete" ]; then
    # Not to be repeated: each time, the oldest backup is deleted.
    exit 3
  fi
  exit 0
}

trap finish EXIT
trap 'exit 143' TERM INT HUP
take_lock
take_certificates
write_configuration
receive
store
copy_to_bucket
prune
verify_kept
# A node that is drained now is no reason for another backup.
trap end TERM INT HUP
try_older
end
