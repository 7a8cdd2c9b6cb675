#!/bin/sh
# zookeeper-growing PID: runs beside the server with this PID after its ensemble has grown by one server. If the server
# cannot join with the new list of servers, it makes the server restart with the former one.
#
# While an ensemble grows, the lower servers still have the former list. Servers with a list of three elect a leader by
# two votes. A server with the list of four follows only a leader with three votes. If it misses such an election, it
# never sees more than two. With the former list it can join these two servers. Then three serve, the new server joins
# as well, and this one restarts with its own list. Lists that differ by one server are safe together: any majority of
# one list and any majority of the other have a server in common.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}"
. "$(dirname "$0")/zookeeper-peers"

server=$1
former=$(cat "$(sed -n 's/^dataDir=//p' "$ZOOCFGDIR/zoo.cfg")/former-servers")
# While this file exists, the server starts with the former list and is not Ready.
sign=$ZK_BIN_DIR/former-list

say() {
  echo "zookeeper-growing: $*"
}

# In seconds. A leader that has lost its quorum still answers as serving for tickTime * syncLimit; this is longer.
patience=$(sed -n 's/^tickTime=//p; s/^syncLimit=//p' "$ZOOCFGDIR/zoo.cfg" | {
  read -r tick
  read -r limit
  echo $((tick * limit / 1000 + 5))
})

restart() {
  say "$*"
  kill -TERM "$server"
  exit 0
}

since=
while kill -0 "$server" 2>/dev/null; do
  if [ -e "$sign" ]; then
    count=$(others_serving | wc -l)
    if [ "$count" -gt $((listed / 2)) ]; then
      rm "$sign"
      restart "$count other servers serve: this one restarts with the list of $listed servers"
    fi
  elif serves 127.0.0.1 "$my_port" 3; then
    since=
  else
    count=$(others_serving | wc -l)
    now=$(date +%s)
    if [ "$count" -le $((former / 2)) ] || [ "$count" -gt $((listed / 2)) ]; then
      since=
    elif [ $((now - ${since:=$now})) -ge "$patience" ]; then
      touch "$sign"
      restart "$count other servers have a quorum of $former, but a quorum of $listed needs $((listed / 2 + 1)):" \
        "this server joins them with the list of $former servers, and is not Ready meanwhile"
    fi
  fi
  sleep 1
done
