#!/bin/sh
# zookeeper-growing PID: runs beside server PID after its ensemble has got one server more, and has it start with the
# former list of servers where it cannot join with the new one.
#
# While an ensemble grows, the lower servers still go by the former list. Those of three elect a leader with two votes;
# whoever has the list of four follows only a leader whom three support. A server that misses such an election finds
# two, for good. With the former list it joins them; then there are three, the others join, too, and it starts anew
# with its own list. Lists that differ by one server are safe side by side: any two of their majorities share a server.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}"
. "$(dirname "$0")/zookeeper-peers"

server=$1
former=$(cat "$(sed -n 's/^dataDir=//p' "$ZOOCFGDIR/zoo.cfg")/former-servers")
# As long as this file is there, the server starts with the former list and is not Ready.
sign=$ZK_BIN_DIR/former-list

say() {
  echo "zookeeper-growing: $*"
}

# In seconds. A leader that has lost its quorum says for tickTime * syncLimit that it serves: that is to be over.
patience=$(sed -n 's/^tickTime=//p; s/^syncLimit=//p' "$ZOOCFGDIR/zoo.cfg" | {
  read -r tick
  read -r limit
  echo $((tick * limit / 1000 + 5))
})

starts_anew() {
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
      starts_anew "$count other servers serve: this one starts anew with the list of $listed servers"
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
      starts_anew "$count other servers have a quorum of $former, and $((listed / 2 + 1)) of $listed are wanted here:" \
        "this server joins them with the list of $former servers, and is not Ready meanwhile"
    fi
  fi
  sleep 1
done
