#!/bin/sh
# zookeeper-stopping SECONDS [LOG]: the preStop hook. It holds this server's stop back until the others have a quorum
# without it, for so many seconds at most, and says why in the pod's log.
# Under podManagementPolicy Parallel a StatefulSet's roll-out stops a server although another one is down, and asks no
# PodDisruptionBudget (kubernetes#96218). Whatever goes wrong here, the stop goes on.
budget=${1:-0}
log=${2:-/proc/1/fd/1}

. "$(dirname "$0")/zookeeper-peers"

# A hook's own output is shown nowhere; that of process 1 is the pod's log.
say() {
  { echo "zookeeper-stopping: $*" >>"$log"; } 2>/dev/null || true
}

missing() {
  echo "$servers" | while read -r id name _; do
    if [ "$id" != "$me" ] && ! echo "$serving" | grep -qxF "$name"; then
      printf ' %s' "${name%%.*}"
    fi
  done
}

# How many servers the ensemble has. A roll-out begins at the highest ordinal, so a server of a higher one than this
# that has no name is not down: it has been taken away for good, and nobody is to wait for it.
all_servers() {
  echo "$servers" | while read -r id name _; do
    if [ "$id" -le "$me" ] || timeout 1 getent ahosts "$name." >/dev/null; then
      echo "$name"
    fi
  done | wc -l
}

# Whether a server has asked this one in the last 6 seconds. From another server's pod only this script does so; the
# kernel remembers it, as the server that answers closes the connection: state 06 is TIME_WAIT, and 03:00001[567] what
# is left of its 60 seconds. Addresses are in the kernel's order of bytes; an IPv4 address also ends an IPv6 one.
has_asked() {
  timeout 1 getent ahostsv4 "$1." | {
    IFS='. ' read -r a b c d _ || exit 1
    address=$(printf '%02X%02X%02X%02X' "$d" "$c" "$b" "$a")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
      grep -q ":$(printf %04X "$my_port") [0-9A-F]*$address:[0-9A-F]* 06 [0-9A-F:]* 03:00001[567]"
  }
}

# Where the whole ensemble is deleted, every server waits for the others, in vain. They know each other by their
# questions: when all that still serve ask this one as well, nobody stays for whom to wait.
all_stop() {
  [ -n "$serving" ] || return 1
  for name in $serving; do
    has_asked "$name" || return 1
  done
}

if [ "$listed" -eq 1 ] || [ -z "$my_port" ]; then
  exit 0
fi

since=$(date +%s)
told=
# A server that does not serve takes nothing away. One that loses its quorum while it waits need not wait longer.
while serves 127.0.0.1 "$my_port" 3; do
  serving=$(others_serving)
  count=$(echo "$serving" | grep -c .)
  all=$listed
  if [ "$count" -le $((listed / 2)) ]; then
    all=$(all_servers)
  fi
  waited=$(($(date +%s) - since))
  if [ "$count" -gt $((all / 2)) ]; then
    if [ -n "$told" ]; then
      say "the others have a quorum after ${waited}s: this server stops"
    fi
    exit 0
  fi
  if all_stop; then
    say "the others stop as well: this server stops"
    exit 0
  fi
  if [ "$waited" -ge "$budget" ]; then
    say "the others have no quorum after ${waited}s, and the time is over: this server stops, and writes stop with it"
    exit 0
  fi
  if [ -z "$told" ]; then
    told=yes
    say "without this server there is no quorum, because these do not serve:$(missing)." \
      "It waits up to ${budget}s for them before it stops"
  fi
  sleep 1
done
if [ -n "$told" ]; then
  say "this server is in no quorum any more: it stops"
fi
