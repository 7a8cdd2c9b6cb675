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

# Downloads the backup gs://BUCKET/FOLDER/NAME to a folder beside the data, which is then ZK_BACKUPS.
fetch_backup() {
  . "$(dirname "$0")/zookeeper-storage"
  ZK_BACKUPS=${data_dir%/*}/data.fetched
  storage_work=$ZK_BACKUPS
  mkdir -p "$ZK_BACKUPS"
  place=${ZK_RESTORE#gs://}
  # A right that was just granted may take minutes to have an effect.
  left=${ZK_FETCH_TRIES:-24}
  until
    download "${place%%/*}" "${place#*/}.json" "$ZK_BACKUPS/${place##*/}.json" &&
      download "${place%%/*}" "${place#*/}.tar.gz" "$ZK_BACKUPS/${place##*/}.tar.gz"
  do
    left=$((left - 1))
    if [ "$left" -le 0 ]; then
      return 1
    fi
    say "waits for backup $ZK_RESTORE: $reason"
    sleep 10
  done
  ZK_RESTORE=${place##*/}
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
