#!/bin/sh
# Starts this pod's ZooKeeper server and becomes it: Java ends up as process 1 and gets SIGTERM itself.
# Everything that it needs to know about the ensemble stands in zoo.cfg.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}" "${ZK_MARK_DIR:?}"

say() {
  echo "start-zookeeper: $*"
}

setting() {
  sed -n "s/^$1=//p" "$ZOOCFGDIR/zoo.cfg"
}

# A server's id is its pod's ordinal plus one.
write_myid() {
  myid=$((${POD_NAME##*-} + 1))
  # For the log's lines: Java hands its own note of the id on to only some of its threads.
  export ZK_MYID="$myid"
  mkdir -p "$data_dir" "$log_dir"
  if [ "$(cat "$data_dir/myid" 2>/dev/null)" != "$myid" ]; then
    echo "$myid" >"$data_dir/myid"
  fi
}

has_database() {
  for file in "$data_dir"/version-2/snapshot.* "$log_dir"/version-2/log.*; do
    if [ -e "$file" ]; then
      return 0
    fi
  done
  return 1
}

# With db.autocreate=false a server without a database votes only where it finds a file "initialize".
# Who has not been bootstrapped gets it; after that an empty disk is a lost disk, and must not outvote the others.
# ZooKeeper looks for the file beside the transaction log, not in dataDir.
allow_first_start() {
  if has_database; then
    return 0
  fi
  if [ ! -e "$ZK_MARK_DIR/ensemble" ]; then
    say "first start of this ensemble: an empty database may vote"
    touch "$log_dir/initialize"
  elif [ ! -e "$log_dir/initialize" ]; then
    say "the data directory is empty although ensemble $(cat "$ZK_MARK_DIR/ensemble") has been bootstrapped:" \
      "this server joins a living quorum, but does not help to form one." \
      "If no quorum is left and a server with data runs, let this one vote: touch $log_dir/initialize here," \
      "then restart the pod. If every volume was emptied on purpose: delete the ConfigMap" \
      "$(cat "$ZK_MARK_DIR/ensemble")-bootstrapped, then the pods"
    return 0
  fi
  # What a server that waited without a database noted as its epoch, -1, would stop it from starting with one.
  for file in "$data_dir/version-2/currentEpoch" "$data_dir/version-2/acceptedEpoch"; do
    if [ "$(cat "$file" 2>/dev/null)" = -1 ]; then
      rm "$file"
    fi
  done
}

# A server that asks for a name too early waits out a negative answer cached on the way. So ask for the headless
# Service only, never for a single server, until it lists this pod and the others: all of them for 3 seconds,
# a quorum of them for 10, then start regardless, because a majority that is gone must not keep this one down.
await_names() {
  if [ -z "${POD_IP:-}" ] || ! command -v getent >/dev/null; then
    return 0
  fi
  servers=$(grep -c '^server\.' "$ZOOCFGDIR/zoo.cfg")
  service=$(sed -n "s/^server\.1=[^.]*\.\([^:]*\):.*/\1/p" "$ZOOCFGDIR/zoo.cfg")
  since=$(date +%s)
  while :; do
    waited=$(($(date +%s) - since))
    addresses=$(timeout 2 getent ahosts "$service." | cut -d ' ' -f 1 | sort -u)
    present=$(echo "$addresses" | grep -c . || true)
    if echo "$addresses" | grep -qxF "$POD_IP"; then
      if [ "$present" -ge "$servers" ]; then
        return 0
      fi
      if [ "$waited" -ge 3 ] && [ "$present" -gt $((servers / 2)) ]; then
        say "$service lists $present of $servers servers: starting"
        return 0
      fi
    fi
    if [ "$waited" -ge 10 ]; then
      say "$service lists $present of $servers servers after ${waited}s: starting anyway"
      return 0
    fi
    sleep 0.2
  done
}

# The probe runs from a writable place, and is put back at every start.
install_probe() {
  cp "$(dirname "$0")/zookeeper-ready" "$ZK_BIN_DIR/zookeeper-ready"
  chmod 0755 "$ZK_BIN_DIR/zookeeper-ready"
  date +%s >"$ZK_BIN_DIR/started"
}

data_dir=$(setting dataDir)
log_dir=$(setting dataLogDir)
write_myid
allow_first_start
await_names
install_probe
exec zkServer.sh start-foreground
