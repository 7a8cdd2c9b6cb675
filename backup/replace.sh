# Sourced by restore.sh and undo.sh: exchanges the data of every server while all are stopped. The new data are complete
# on every volume before the first exchange, so a later run can finish one that was cut off.

phase=serving

put_right() {
  case $phase in
  stopped)
    # Every server still has its earlier data.
    if [ "$replicas" -gt 0 ]; then
      say "nothing was replaced; the servers start again with what they had"
      kubectl scale statefulset "$name" "--replicas=$replicas" >"$work/out"
    fi
    ;;
  swapping)
    say "cut off while the data were replaced; the servers stay stopped, because some may have the new data and some" \
      "the earlier. Run the same command again"
    ;;
  swapped)
    say "all servers have the same data, and are stopped. Run the same command again"
    ;;
  starting)
    say "all servers have the new data, but are not all in the quorum yet; docs/runbook.md says where to look." \
      "Once they are: kubectl --namespace $namespace scale statefulset $name --replicas $count, if it has fewer"
    ;;
  esac
}

# Checks how many servers there are, and that each has a volume.
check_servers() {
  if [ -n "$listed" ] && [ -n "${SERVERS-}" ] && [ "$SERVERS" -ne "$listed" ]; then
    fault "SERVERS $SERVERS: the configuration of $name lists $listed servers; leave SERVERS out"
  fi
  if [ "$replicas" -gt "$count" ]; then
    fault "StatefulSet $name: has $replicas replicas, and its configuration lists $count servers;" \
      "scale it to $count first"
  fi
  if [ -z "$listed" ] && [ -n "${SERVERS-}" ]; then
    count=$SERVERS
  fi
  if [ "$count" -eq 0 ]; then
    fault "StatefulSet $name: has no servers now; say how many it had, such as SERVERS=3 $0 ..."
  fi
  claims=
  for n in $(ordinals); do
    claims="$claims datadir-$name-$n"
  done
  if [ -n "$claims" ] && ! kubectl get persistentvolumeclaims $claims -o name >"$work/claims" 2>"$work/err"; then
    fault "the claims of $count servers' volumes: $(shown "$(head -n 1 "$work/err")"); start the ensemble once, or say" \
      "with SERVERS how many it had"
  fi
}

# Writes what is on the volumes to $work/states: the lines of state.sh, each after the server's ordinal.
look() {
  for n in $(ordinals); do
    run_in "$name-backup-$n" state /dev/null "$work/state" /volume
    sed "s/^/$n /" "$work/state"
  done >"$work/states"
}

# Prints what is left of an exchange that was cut off: TIME and IDENT, then an ordinal and a folder in each line. It prints
# nothing if there is no such exchange, or if a server has run since.
cut_off() {
  awk -v count="$count" '
    $2 == "swapped" { begun[$3 " " $4] = 1; done[$3 " " $4]++; source[$3 " " $4, $1] = "-" }
    $2 == "between" { begun[$3 " " $4] = 1; source[$3 " " $4, $1] = $5 }
    $2 == "staged" && !(($3 " " $4, $1) in source) { source[$3 " " $4, $1] = $5 }
    END {
      for (each in begun) if (done[each] < count) { open++; exchange = each }
      if (open != 1) exit
      for (n = 0; n < count; n++) if (!((exchange, n) in source)) exit
      print exchange
      for (n = 0; n < count; n++) if (source[exchange, n] != "-") print n, source[exchange, n]
    }' "$work/states"
}

# Prints TIME and IDENT of an exchange that is complete, if no server has run since.
unserved() {
  awk -v count="$count" '$2 == "swapped" && ++done[$3 " " $4] == count { print $3, $4 }' "$work/states"
}

# swap TIME IDENT: exchanges the data; each line of $work/left has an ordinal and a folder.
swap() {
  phase=swapping
  # This takes a moment, and must not stop between two servers.
  trap '' HUP INT TERM
  while read -r n source; do
    run_in "$name-backup-$n" swap /dev/null "$work/out" /volume "$1" "$2" "$source"
  done <"$work/left"
  phase=swapped
  heed_signals
}

# Stops all servers, holds their volumes, and finishes an exchange that was cut off.
stop_and_hold() {
  phase=stopped
  if [ "$replicas" -gt 0 ]; then
    say "all servers of $name stop: nobody is served until this is done"
    stop_from 0
  fi
  for n in $(ordinals); do
    hold_volume "$n"
  done
  for n in $(ordinals); do
    await_pod "$name-backup-$n"
  done
  look
  cut_off >"$work/left"
  if [ -s "$work/left" ]; then
    read -r open_time open_ident <"$work/left"
    say "an exchange of $open_time was cut off: it is finished first"
    sed 1d "$work/left" >"$work/rest"
    mv "$work/rest" "$work/left"
    swap "$open_time" "$open_ident"
    look
  fi
}

# exchange IDENT STAGE SOURCE: STAGE N TIME prepares the folder SOURCE on the volume of server N. Sets `time`.
exchange() {
  time=$(date -u +%Y%m%dT%H%M%SZ)
  while grep -q " $time" "$work/states"; do
    sleep 1
    time=$(date -u +%Y%m%dT%H%M%SZ)
  done
  for n in $(ordinals); do
    "$2" "$n" "$time"
  done
  # Servers that run would go on writing to the earlier data.
  if [ "$(field '{.spec.replicas}/{.status.replicas}')" != 0/0 ]; then
    say "somebody has started servers of $name meanwhile"
    exit 1
  fi
  for n in $(ordinals); do
    echo "$n $3"
  done >"$work/left"
  swap "$time" "$1"
}

start() {
  phase=starting
  release_pods
  start_all
  phase=serving
}
