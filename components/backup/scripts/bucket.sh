# Sourced by back-up. Copies backups to the Cloud Storage bucket ZK_BUCKET. The pod's ServiceAccount may only create
# objects: what is stored cannot be read, replaced or deleted by whoever takes over the pod.

storage_work=$ZK_WORK
. "$ZK_SCRIPTS/zookeeper-storage"

# encrypt FILE INTO: encrypts a file, so that only the owner of the private key can read it.
encrypt() {
  rm -rf "$ZK_WORK/gnupg"
  mkdir "$ZK_WORK/gnupg"
  # The archive is compressed already.
  if ! gpg --batch --no-tty --quiet --homedir "$ZK_WORK/gnupg" --trust-model always --compress-algo none \
    --recipient-file "$here/recipient.asc" --output "$2" --encrypt "$1" 2>"$ZK_WORK/gpg.log" 9>&-; then
    reason="it could not be encrypted for the key in backupKey: $(tail -n 1 "$ZK_WORK/gpg.log")"
    return 1
  fi
}

# copy ARCHIVE DESCRIPTION: copies a backup to the bucket. Only one with its description is complete.
copy() {
  ZK_STORAGE_API=$(cat "$here/storage-api")
  folder=$ZK_NAMESPACE/$ZK_NAME
  if [ -s "$here/recipient.asc" ]; then
    encrypt "$1" "$ZK_WORK/copy.gpg" && upload "$ZK_WORK/copy.gpg" "$ZK_BUCKET" "$folder/${1##*/}.gpg" || return 1
    rm -f "$ZK_WORK/copy.gpg"
  else
    upload "$1" "$ZK_BUCKET" "$folder/${1##*/}" || return 1
  fi
  upload "$2" "$ZK_BUCKET" "$folder/${2##*/}"
}
