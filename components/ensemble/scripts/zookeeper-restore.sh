#!/bin/sh
# What lets a new ensemble begin with a backup, for start-zookeeper, which sources this file.

# Prints the name of the backup that a new ensemble begins with; nothing if it is not there.
backup_to_restore() {
  if [ "$ZK_RESTORE" != latest ]; then
    [ ! -e "$ZK_BACKUPS/$ZK_RESTORE.json" ] || echo "$ZK_RESTORE"
    return
  fi
  for json in "$ZK_BACKUPS/${POD_NAME%-*}"-????????T??????Z.json; do
    [ ! -e "$json" ] || basename "$json" .json
  done | tail -n 1
}

# find_newest BUCKET FOLDER: sets `newest` to the newest complete backup in a bucket of the ensemble that the folder is
# named after. Each server asks at another time: so that all find the same one, what was completed after
# ZK_RESTORE_UNTIL does not count.
find_newest() {
  newest=
  ensemble=${2##*/}
  if ! until=$(date -u -d "${ZK_RESTORE_UNTIL:-missing}" +%s 2>/dev/null); then
    reason="ConfigMap ${POD_NAME%-*}-restore does not say until when a backup counts"
    return 1
  fi
  # All that is from before must be in the list; the clock of who wrote the time may be ahead.
  if [ "$(date +%s)" -lt $((until + 10)) ]; then
    reason="looks for the newest one ten seconds after $ZK_RESTORE_UNTIL"
    return 1
  fi
  list "$1" "$2/$ensemble-" "$ZK_BACKUPS/list" || return 1
  # A backup is complete with its description, which is uploaded last.
  sed -n "s,^$2/\($ensemble-[0-9]\{8\}T[0-9]\{6\}Z\)\.json ,\1 ,p" "$ZK_BACKUPS/list" | sort -r >"$ZK_BACKUPS/complete"
  while read -r found created; do
    if ! since=$(date -u -d "$created" +%s); then
      reason="bucket $1 does not say when $found was completed"
      return 1
    fi
    if [ "$since" -gt "$until" ]; then
      continue
    fi
    if grep -q "^$2/$found\.tar\.gz " "$ZK_BACKUPS/list"; then
      newest=$found
      return
    fi
    # Not an older one instead: that would lose data.
    if grep -q "^$2/$found\.tar\.gz\.gpg " "$ZK_BACKUPS/list"; then
      reason="the newest one, $found, is encrypted"
      return 1
    fi
  done <"$ZK_BACKUPS/complete"
  reason="bucket $1 has no complete backup of ensemble $ensemble in $2 from before $ZK_RESTORE_UNTIL"
  return 1
}

# fetch BUCKET FOLDER/NAME: downloads a backup to ZK_BACKUPS, and sets `place` to its name there.
fetch() {
  place=${2##*/}
  if [ "$place" = latest ]; then
    find_newest "$1" "${2%/latest}" || return 1
    place=$newest
  fi
  download "$1" "${2%/*}/$place.json" "$ZK_BACKUPS/$place.json" &&
    download "$1" "${2%/*}/$place.tar.gz" "$ZK_BACKUPS/$place.tar.gz"
}

# Downloads the backup gs://BUCKET/FOLDER/NAME to a folder beside the data, which is then ZK_BACKUPS.
fetch_backup() {
  . "$(dirname "$0")/zookeeper-storage"
  ZK_BACKUPS=${data_dir%/*}/data.fetched
  storage_work=$ZK_BACKUPS
  mkdir -p "$ZK_BACKUPS"
  object=${ZK_RESTORE#gs://*/}
  bucket=${ZK_RESTORE#gs://}
  # A right that was just granted may take minutes to have an effect.
  left=${ZK_FETCH_TRIES:-24}
  until fetch "${bucket%%/*}" "$object"; do
    left=$((left - 1))
    if [ "$left" -le 0 ]; then
      return 1
    fi
    say "waits for backup $ZK_RESTORE: $reason"
    sleep 10
  done
  ZK_RESTORE=$place
}

# unpack_backup NAME FOLDER: fails unless all of the backup is as it was saved.
unpack_backup() {
  stored=$(sed -n 's/^ *"sha256": "\([0-9a-f]*\)".*/\1/p' "$ZK_BACKUPS/$1.json")
  [ -n "$stored" ] && [ "$(sha256sum <"$ZK_BACKUPS/$1.tar.gz" | cut -d ' ' -f 1)" = "$stored" ] || return 1
  rm -rf "$2"
  mkdir "$2" || return 1
  (umask 077 && tar -C "$2" --no-same-owner --no-same-permissions -xzf "$ZK_BACKUPS/$1.tar.gz" \
    SHA256SUMS version-2 log/version-2) || return 1
  (cd "$2" && sha256sum --check --quiet --strict SHA256SUMS) && sync
}

# All servers of a new ensemble begin with the same backup. A server that cannot get it must not start: without data, it
# could form a quorum with others that have none.
restore_backup() {
  restoring=${data_dir%/*}/data.restoring
  if [ -n "${ZK_RESTORE:-}" ] && [ ! -e "$ZK_MARK_DIR/ensemble" ] && [ ! -e "$restoring/complete" ] && ! has_database; then
    reason=
    name=
    case $ZK_RESTORE in
    gs://*) fetch_backup && name=$(backup_to_restore) ;;
    *) name=$(backup_to_restore) ;;
    esac
    if [ -z "$name" ] || ! unpack_backup "$name" "$restoring"; then
      say "backup ${name:-$ZK_RESTORE} is not there, cannot be read, or is damaged${reason:+ ($reason)}: this server waits for it." \
        "Use another one, or remove restoreBackup, and the ensemble begins without data"
      exit 1
    fi
    touch "$restoring/complete"
    say "this server begins with backup $name"
  fi
  # The folders are moved after all of them are complete, also by the next start if this one is interrupted.
  if [ -e "$restoring/complete" ]; then
    for folder in log/version-2 version-2; do
      if [ -e "$restoring/$folder" ]; then
        # Of a server that has waited without a database.
        rm -rf "${data_dir:?}/$folder"
        mv "$restoring/$folder" "$data_dir/$folder"
      fi
    done
    sync
    rm -rf "$restoring" "${data_dir%/*}/data.fetched"
  fi
}
