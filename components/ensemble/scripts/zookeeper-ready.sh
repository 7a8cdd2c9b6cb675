#!/bin/sh
# zookeeper-ready [PORT] [serving|alive|started]: exit code 0 means yes.
#   serving  the server is in a quorum and has the current list of servers, see zookeeper-growing (the default)
#   alive    the server answers, or start-zookeeper has restarted it and it has 300 seconds for its first answer
#   started  the server is in a quorum, or has been alive for 30 seconds; so one that waits for a quorum is not killed
port=${1:-2181}
started_file=$(dirname "$0")/started
restarted_file=$(dirname "$0")/restarted
former_list=$(dirname "$0")/former-list

ask() {
  printf '%s' "$1" | nc -w 3 127.0.0.1 "$port" 2>/dev/null
}

in_quorum() {
  case $(ask srvr) in *Mode:*) return 0 ;; esac
  return 1
}

serving() {
  [ ! -e "$former_list" ] && in_quorum
}

answers() {
  [ "$(ask ruok)" = imok ]
}

# The kubelet counts a restart by start-zookeeper as no start, so it has no startup probe.
restarts() {
  [ -e "$restarted_file" ] && [ $(($(date +%s) - $(cat "$restarted_file"))) -lt 300 ]
}

alive() {
  if answers; then
    rm -f "$restarted_file"
  else
    restarts
  fi
}

started() {
  in_quorum || { [ -e "$started_file" ] && [ $(($(date +%s) - $(cat "$started_file"))) -ge 30 ] && answers; }
}

case ${2:-serving} in
serving) serving ;;
alive) alive ;;
started) started ;;
*)
  echo "usage: zookeeper-ready [PORT] [serving|alive|started]" >&2
  exit 2
  ;;
esac
