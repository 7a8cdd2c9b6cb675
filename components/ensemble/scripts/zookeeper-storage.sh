#!/bin/sh
# Access to Cloud Storage, for scripts that source this file, as the ServiceAccount of the pod: GKE gives the pod a token
# for an hour, so there is no key that could be stolen. ZK_STORAGE_API is the API's address, and storage_work a folder.

# Set by a function below that fails.
reason=

# json_field NAME <JSON: the first value of a field that is a string.
json_field() {
  sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1
}

# request OUTPUT OPTION...: sends a request. What may pass by itself is tried again, for some minutes: a network that fails
# (4), and a server that is busy. wget itself would append the next answer to what it has of the one before.
request() {
  output=$1
  shift
  pause=2
  while :; do
    rm -f "$output"
    code=0
    # The root file system, where wget would remember hosts, is read-only.
    wget --no-verbose --no-hsts --tries=1 --timeout=120 --content-on-error --output-document="$output" "$@" \
      2>"$storage_work/wget.log" 9>&- || code=$?
    if [ "$code" -ne 4 ] && ! grep -qE 'ERROR (429|500|502|503|504):' "$storage_work/wget.log"; then
      return "$code"
    fi
    if [ "$pause" -gt 64 ]; then
      return "$code"
    fi
    sleep "$pause"
    pause=$((pause * 2))
  done
}

# Writes the token to a file for wget: the arguments of a process are visible to others.
# See https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#metadata_server
take_token() {
  if ! command -v wget >/dev/null; then
    reason="the image has no wget"
    return 1
  fi
  if ! request "$storage_work/token" --header='Metadata-Flavor: Google' \
    "http://${GCE_METADATA_HOST:-169.254.169.254}/computeMetadata/v1/instance/service-accounts/default/token"; then
    reason="the node gives its pods no token, so the pod has no identity. Workload Identity must be enabled for the cluster and its nodes"
    return 1
  fi
  token=$(json_field access_token <"$storage_work/token")
  rm -f "$storage_work/token"
  (umask 077 && printf 'header = Authorization: Bearer %s\n' "$token" >"$storage_work/wgetrc")
}

# authorized OUTPUT OPTION...: sends a request as the pod.
authorized() {
  take_token || return 1
  sent=yes
  request "$@" --config="$storage_work/wgetrc" || sent=
  rm -f "$storage_work/wgetrc"
  if [ -z "$sent" ]; then
    message=
    if [ -e "$1" ]; then
      message=$(json_field message <"$1")
    fi
    reason=${message:-$(tail -n 1 "$storage_work/wget.log")}
    return 1
  fi
}

# object_name PATH: as a part of a URL. The names of backups have no other characters that a URL must not contain.
object_name() {
  echo "$1" | sed 's,/,%2F,g'
}

# upload FILE BUCKET PATH: stores a file as an object that does not exist yet.
# See https://cloud.google.com/storage/docs/uploading-objects
upload() {
  answer=$storage_work/answer
  authorized "$answer" --method=POST --body-file="$1" --header='Content-Type: application/octet-stream' \
    "$ZK_STORAGE_API/upload/storage/v1/b/$2/o?uploadType=media&ifGenerationMatch=0&name=$(object_name "$3")" || return 1
  stored=$(json_field md5Hash <"$answer" | base64 -d | od -An -tx1 | tr -d ' \n')
  if [ "$stored" != "$(md5sum <"$1" | cut -d ' ' -f 1)" ]; then
    reason="what is stored as $3 differs from what was sent"
    return 1
  fi
}

# download BUCKET PATH FILE: fetches an object.
# See https://cloud.google.com/storage/docs/downloading-objects
download() {
  authorized "$3" "$ZK_STORAGE_API/storage/v1/b/$1/o/$(object_name "$2")?alt=media"
}

# list BUCKET PREFIX FILE: writes the name and the time of creation of each object whose name begins with PREFIX.
# Google's answer is a page of at most 1000. See https://cloud.google.com/storage/docs/json_api/v1/objects/list
list() {
  : >"$3"
  answer=$storage_work/answer
  page=
  while :; do
    authorized "$answer" "$ZK_STORAGE_API/storage/v1/b/$1/o?prefix=$(object_name "$2")&fields=nextPageToken,items(name,timeCreated)$page" ||
      return 1
    objects=$(tr -d '\n' <"$answer")
    case $objects in
    "{"*"}") ;;
    *)
      reason="the list of what is in bucket $1 is incomplete"
      return 1
      ;;
    esac
    printf '%s\n' "$objects" | sed 's/}/}\n/g' | sed -n \
      -e 's/.*"name": *"\([^"]*\)".*"timeCreated": *"\([^"]*\)".*/\1 \2/p' -e t \
      -e 's/.*"timeCreated": *"\([^"]*\)".*"name": *"\([^"]*\)".*/\2 \1/p' >>"$3"
    token=$(json_field nextPageToken <"$answer" | sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/=/%3D/g; s/&/%26/g')
    if [ -z "$token" ]; then
      return
    fi
    page="&pageToken=$token"
  done
}
