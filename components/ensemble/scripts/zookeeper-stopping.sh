#!/bin/sh
# zookeeper-stopping SECONDS [LOG]: the preStop hook. It delays this server's stop until the others have a quorum
# without it, by at most this number of seconds, and writes the reason to the pod's log.
# With podManagementPolicy Parallel, the rollout of a StatefulSet stops a server even while another one is down, and
# ignores the PodDisruptionBudget (kubernetes#96218). If anything fails here, the server stops anyway.
budget=${1:-0}
log=${2:-/proc/1/fd/1}

. "$(dirname "$0")/zookeeper-peers"

# A hook's own output is discarded. The output of process 1 is the pod's log.
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

# Prints how many servers the ensemble has. A rollout starts at the highest ordinal. So a server with a higher ordinal
# than this one whose name does not resolve is not down: it has been removed, and nobody should wait for it.
all_servers() {
  echo "$servers" | while read -r id name _; do
    if [ "$id" -le "$me" ] || timeout 1 getent ahosts "$name." >/dev/null; then
      echo "$name"
    fi
  done | wc -l
}

# has_asked NAME: whether that server has asked this one in the last 6 seconds. In other servers' pods, only this script
# does so. The server that answers closes the connection, so the kernel still lists it: state 06 is TIME_WAIT, and
# 03:00001[567] is the rest of its 60 seconds. Addresses are in the kernel's byte order; an IPv6 address may end in an
# IPv4 one.
has_asked() {
  timeout 1 getent ahostsv4 "$1." | {
    IFS='. ' read -r a b c d _ || exit 1
    address=$(printf '%02X%02X%02X%02X' "$d" "$c" "$b" "$a")
    asked=$(printf %04X "$my_port")
    if [ -n "$secure_port" ]; then
      asked="\($asked\|$(printf %04X "$secure_port")\)"
    fi
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
      grep -q ":$asked [0-9A-F]*$address:[0-9A-F]* 06 [0-9A-F:]* 03:00001[567]"
  }
}

# When the whole ensemble is deleted, every server would wait for the others in vain. They recognize this by their
# questions: if all servers that still serve have asked this one, they all stop, and there is nobody to wait for.
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
reported=
# Stopping a server that does not serve makes no difference. A server that loses its quorum here need not wait longer.
while serves 127.0.0.1 "$my_port" 3; do
  serving=$(others_serving)
  count=$(echo "$serving" | grep -c .)
  all=$listed
  if [ "$count" -le $((listed / 2)) ]; then
    all=$(all_servers)
  fi
  waited=$(($(date +%s) - since))
  if [ "$count" -gt $((all / 2)) ]; then
    if [ -n "$reported" ]; then
      say "the other servers have a quorum after ${waited}s: this server stops"
    fi
    exit 0
  fi
  if all_stop; then
    say "the other servers stop as well: this server stops"
    exit 0
  fi
  if [ "$waited" -ge "$budget" ]; then
    say "the other servers still have no quorum after ${waited}s: this server stops, and writes stop with it"
    exit 0
  fi
  if [ -z "$reported" ]; then
    reported=yes
    say "without this server there is no quorum, because these servers do not serve:$(missing)." \
      "It waits up to ${budget}s for them before it stops"
  fi
  sleep 1
done
if [ -n "$reported" ]; then
  say "this server has lost its quorum: it stops"
fi
