#!/bin/sh
# zookeeper-close-root PID: runs beside the first server with this PID until only the administrator may create or delete
# znodes directly below the root, and set quotas. In a new database, every client may. Only what everybody may change is
# closed: an ACL that somebody has set remains.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}"
. "$(dirname "$0")/zookeeper-peers"

mark=$(sed -n 's/^dataDir=//p' "$ZOOCFGDIR/zoo.cfg")/root-closed

say() {
  echo "zookeeper-close-root: $*"
}

zk() {
  zkCli.sh -server "127.0.0.1:$my_port" "$@" 2>/dev/null
}

everybody="'world,'anyone
: cdrwa"

# close PATH: returns 1 if the server did not answer.
close() {
  case $(zk getAcl "$1") in
  *"$everybody"*)
    zk setAcl "$1" world:anyone:r >/dev/null || return 1
    say "only the administrator may create and delete znodes directly below $1"
    ;;
  *"'"*","*"'"*": "*) ;;
  *) return 1 ;;
  esac
}

while kill -0 "$1" 2>/dev/null; do
  if serves 127.0.0.1 "$my_port" 3 && close / && close /zookeeper && close /zookeeper/quota; then
    touch "$mark"
    exit 0
  fi
  sleep 5
done
