#!/bin/sh
# zookeeper-growing PID: runs beside a server, and the script with this PID that has started it, after the ensemble has
# grown by one server, until all of the former servers have the new list. If the server cannot join with the new list of
# servers, or if there is no quorum because of it, the script restarts it with the former list.
#
# While an ensemble grows, the lower servers still have the former list. There are two ways for this to end without a
# quorum, or without this server:
# - Servers with a list of three elect a leader by two votes. A server with the list of four follows only a leader with
#   three votes. If it misses such an election, it never sees more than two.
# - If all servers look for a leader, one with the new list may vote for the new server. Servers with the former list do
#   not know that one, and ignore such a vote. Some of them may vote for this server, which votes for another one. This
#   repeats without end.
#
# With the former list, this server joins the others, or is elected. Then the new server joins as well, and this one
# restarts with its own list. Lists that differ by one server are safe together: any majority of one list and any
# majority of the other have a server in common.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}"
. "$(dirname "$0")/zookeeper-peers"

script=$1
former_file=$(sed -n 's/^dataDir=//p' "$ZOOCFGDIR/zoo.cfg")/former-servers
former=$(cat "$former_file")
# While this file exists, the server starts with the former list and is not Ready.
sign=$ZK_BIN_DIR/former-list

say() {
  echo "zookeeper-growing: $*"
}

# seconds_of LIMIT: prints a limit of zoo.cfg, which is a number of ticks, in seconds.
seconds_of() {
  echo $(($(sed -n "s/^$1=//p" "$ZOOCFGDIR/zoo.cfg") * $(sed -n 's/^tickTime=//p' "$ZOOCFGDIR/zoo.cfg") / 1000))
}

# In seconds. A leader that has lost its quorum still answers as serving for tickTime * syncLimit; this is longer.
patience=$(($(seconds_of syncLimit) + 5))
# A new leader may take tickTime * initLimit to bring a majority up to date, in which no server serves. The server with
# the highest number goes first: with its help, the others may not need the former list.
patience_for_leader=$((patience * (1 + former - me) + $(seconds_of initLimit)))

restart() {
  say "$*"
  kill -USR1 "$script"
  exit 0
}

# length_of_list NAME PORT: prints the name of a server that answers, and the length of its list; 0 if it does not serve.
length_of_list() {
  answer=$(ask_other mntr "$@")
  if [ -n "$answer" ]; then
    length=$(echo "$answer" | sed -n 's/^zk_quorum_size[[:blank:]]*\([0-9]*\).*/\1/p')
    echo "$1 ${length:-0}"
  fi
}

# The former servers beside this one. Those of them that answer may have the former list, until they are seen with the
# new one.
others=$(echo "$servers" | sed -n "/^$me /d; /^$listed /d; s/^[0-9]* \([^ ]*\) .*/\1/p")
behind=$others

# The servers above this one. The rollout has reached them already.
above=$(echo "$servers" | while read -r id name _; do
  if [ "$id" -gt "$me" ]; then
    echo "$name"
  fi
done)

# answered PATTERN NAMES: prints those names that are in the lines of $answers with this pattern behind them.
answered() {
  for name in $2; do
    if echo "$answers" | grep -q "^$name $1\$"; then
      echo "$name"
    fi
  done
}

missed= # since when others serve, and this server cannot join them
stuck=  # since when no server serves, although enough of them answer
while kill -0 "$script" 2>/dev/null; do
  now=$(date +%s)
  answers=$(for_others length_of_list)
  for name in $(answered "$listed" "$behind"); do
    behind=$(echo "$behind" | grep -vxF "$name") || :
  done
  if [ -z "$behind" ] && [ ! -e "$sign" ]; then
    rm -f "$former_file"
    exit 0
  fi
  count=$(echo "$answers" | grep -c ' [1-9]') || :
  # One at a time, from the highest number: if two servers restarted together, there would be no quorum again.
  if [ -e "$sign" ] && [ "$count" -gt $((listed / 2)) ] && [ "$(answered "$listed" "$above")" = "$above" ]; then
    rm "$sign"
    restart "$count other servers serve: this one restarts with the list of $listed servers"
  fi
  if serves 127.0.0.1 "$my_port" 3; then
    missed=
    stuck=
  elif [ "$count" -gt 0 ]; then
    stuck=
    if [ -e "$sign" ] || [ "$count" -le $((former / 2)) ] || [ "$count" -gt $((listed / 2)) ]; then
      missed=
    elif [ $((now - ${missed:=$now})) -ge "$patience" ]; then
      touch "$sign"
      restart "$count other servers have a quorum of $former, but a quorum of $listed needs $((listed / 2 + 1)):" \
        "this server joins them with the list of $former servers, and is not Ready meanwhile"
    fi
  else
    missed=
    looking=$(answered 0 "$others" | wc -l)
    if [ "$looking" -lt $((former / 2)) ] || { [ ! -e "$sign" ] && [ -z "$(answered 0 "$behind")" ]; }; then
      stuck=
    elif [ $((now - ${stuck:=$now})) -ge "$patience_for_leader" ]; then
      if [ -e "$sign" ]; then
        rm "$sign"
        restart "there is no quorum of $former either: this server restarts with the list of $listed servers"
      fi
      touch "$sign"
      restart "$looking other servers look for a leader, but have the list of $former servers, and ignore votes for" \
        "the new one: this server restarts with their list, and is not Ready meanwhile"
    fi
  fi
  sleep 1
done
