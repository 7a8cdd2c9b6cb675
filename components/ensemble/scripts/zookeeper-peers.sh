#!/bin/sh
# What the pod's scripts know of the ensemble's servers. It is read by them, not run.
me=$((${POD_NAME##*-} + 1))
# Of each server the id, the name and the client port.
servers=$(sed -n 's/^server\.\([0-9]*\)=\([^:]*\):.*;\([0-9]*\)$/\1 \2 \3/p' "$ZOOCFGDIR/zoo.cfg")
listed=$(echo "$servers" | wc -l)
my_port=$(echo "$servers" | sed -n "s/^$me .* //p")

# serves HOST PORT SECONDS: whether a server is in a quorum. A dead node does not answer; nor may its name server.
serves() {
  case $(printf srvr | timeout "$3" nc -w "$3" "$1" "$2" 2>/dev/null) in *Mode:*) return 0 ;; esac
  return 1
}

# The names of the other servers that are in a quorum. All are asked at the same time.
others_serving() {
  echo "$servers" | {
    while read -r id name port; do
      if [ "$id" != "$me" ]; then
        { serves "$name." "$port" 1 && echo "$name"; } &
      fi
    done
    wait
  }
}
