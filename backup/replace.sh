# Sourced by restore.sh and undo.sh. It exchanges the data of every server while all are stopped. The new data is
# complete on every volume before the first exchange, so a later run can complete an interrupted one.

phase=serving

recover() {
  case $phase in
  stopped)
    # All servers still have their earlier data.
    if [ "$replicas" -gt 0 ]; then
      say "nothing was replaced; the servers start again with their earlier data"
      kubectl scale statefulset "$name" "--replicas=$replicas" >"$work/out"
    fi
    ;;
  swapping)
    say "interrupted while the data was being replaced. The servers stay stopped, because some may have the new data" \
      "and some the earlier data. Run the same command again"
    ;;
  swapped)
    say "all servers have the new data, but are stopped. Run the same command again"
    ;;
  starting)
    say "all servers have the new data, but not all are in the quorum yet; see \"Look first\" in docs/runbook.md." \
      "If the StatefulSet has fewer than $count replicas:" \
      "kubectl --namespace $namespace scale statefulset $name --replicas $count"
    ;;
  esac
}

# Determines the number of servers, and checks that each has a volume.
check_servers() {
  if [ -n "$listed" ] && [ -n "${SERVERS-}" ] && [ "$SERVERS" -ne "$listed" ]; then
    add_error "SERVERS $SERVERS: the configuration of $name lists $listed servers; unset SERVERS"
  fi
  if [ "$replicas" -gt "$count" ]; then
    add_error "StatefulSet $name: has $replicas replicas, but its configuration lists $count servers;" \
      "scale it to $count first"
  fi
  if [ -z "$listed" ] && [ -n "${SERVERS-}" ]; then
    count=$SERVERS
  fi
  if [ "$count" -eq 0 ]; then
    add_error "StatefulSet $name: has no servers now; set SERVERS to how many it had, such as SERVERS=3 $0 ..."
  fi
  claims=
  for n in $(ordinals); do
    claims="$claims datadir-$name-$n"
  done
  if [ -n "$claims" ] && ! kubectl get persistentvolumeclaims $claims -o name >"$work/claims" 2>"$work/err"; then
    add_error "the claims of $count servers: $(printable "$(head -n 1 "$work/err")"); start the ensemble once, or set" \
      "SERVERS to how many it had"
  fi
}

# Writes the state of all volumes to $work/states: the lines of state.sh, each after the server's ordinal.
read_states() {
  for n in $(ordinals); do
    run_in "$name-backup-$n" state /dev/null "$work/state" /volume
    sed "s/^/$n /" "$work/state"
  done >"$work/states"
}

# Prints the rest of an interrupted exchange: TIME and IDENT, then one line with an ordinal and a folder for each server
# that remains. It prints nothing if there is no such exchange, or if a server has run since.
interrupted() {
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

# Prints TIME and IDENT of a complete exchange, if no server has run since.
unserved() {
  awk -v count="$count" '$2 == "swapped" && ++done[$3 " " $4] == count { print $3, $4 }' "$work/states"
}

# swap TIME IDENT: exchanges the data. Each line of $work/left has an ordinal and a folder.
swap() {
  phase=swapping
  # This takes only a moment, and must not be interrupted between two servers.
  trap '' HUP INT TERM
  while read -r n source; do
    run_in "$name-backup-$n" swap /dev/null "$work/out" /volume "$1" "$2" "$source"
  done <"$work/left"
  phase=swapped
  handle_signals
}

# Stops all servers, holds their volumes, and completes an interrupted exchange.
stop_and_hold() {
  phase=stopped
  if [ "$replicas" -gt 0 ]; then
    say "stopping all servers of $name; the ensemble does not serve until this command is done"
    stop_from 0
  fi
  for n in $(ordinals); do
    hold_volume "$n"
  done
  for n in $(ordinals); do
    await_pod "$name-backup-$n"
  done
  read_states
  interrupted >"$work/left"
  if [ -s "$work/left" ]; then
    read -r open_time open_ident <"$work/left"
    say "completing the exchange of $open_time first, which was interrupted"
    sed 1d "$work/left" >"$work/rest"
    mv "$work/rest" "$work/left"
    swap "$open_time" "$open_ident"
    read_states
  fi
}

# exchange IDENT STAGE SOURCE: exchanges the data of all servers. The function STAGE N TIME prepares the folder SOURCE
# on the volume of server N. Sets `time`.
exchange() {
  time=$(date -u +%Y%m%dT%H%M%SZ)
  while grep -q " $time" "$work/states"; do
    sleep 1
    time=$(date -u +%Y%m%dT%H%M%SZ)
  done
  for n in $(ordinals); do
    "$2" "$n" "$time"
  done
  # Running servers would continue to write to the earlier data.
  if [ "$(field '{.spec.replicas}/{.status.replicas}')" != 0/0 ]; then
    say "somebody has started servers of $name meanwhile; run the command again"
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
