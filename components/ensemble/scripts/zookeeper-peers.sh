#!/bin/sh
# The ensemble's servers, for the pod's other scripts, which source this file.
me=$((${POD_NAME##*-} + 1))
# One line for each server: its id, name and client port.
servers=$(sed -n 's/^server\.\([0-9]*\)=\([^:]*\):.*;\([0-9]*\)$/\1 \2 \3/p' "$ZOOCFGDIR/zoo.cfg")
listed=$(echo "$servers" | wc -l)
my_port=$(echo "$servers" | sed -n "s/^$me .* //p")

# serves HOST PORT SECONDS: whether a server is in a quorum. A dead node never answers, so this is limited in time.
serves() {
  case $(printf srvr | timeout "$3" nc -w "$3" "$1" "$2" 2>/dev/null) in *Mode:*) return 0 ;; esac
  return 1
}

# Prints the names of the other servers that are in a quorum. It asks all of them at the same time.
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
