#!/bin/sh
# Starts this pod's ZooKeeper server. It replaces itself with Java, which then is process 1 and receives SIGTERM itself.
# Only while the ensemble grows, it remains process 1, and can start Java again: see zookeeper-growing.
# It reads everything about the ensemble from zoo.cfg.
set -eu
# Process 1 ignores SIGTERM unless it handles it.
trap 'exit 143' TERM

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}" "${ZK_MARK_DIR:?}" "${ZK_SERVER_HEAP:?}"

say() {
  echo "start-zookeeper: $*"
}

setting() {
  sed -n "s/^$1=//p" "$ZOOCFGDIR/zoo.cfg"
}

# If clusterDomain is not the cluster's domain, the servers cannot find each other. A pod that uses the cluster's DNS
# searches in NAMESPACE.svc.DOMAIN. A pod that does not has a DNS configuration set by hand, which is trusted.
check_domain() {
  zone=$(sed -n 's/^server\.1=[^.]*\.[^.]*\.\([^:]*\):.*/\1/p' "$ZOOCFGDIR/zoo.cfg")
  namespace=${zone%%.*}
  domain=${zone#"$namespace".svc.}
  real=$(sed -n 's/^search[[:blank:]]*//p' "$ZK_RESOLV_CONF" 2>/dev/null | tr -s '[:blank:]' '\n' |
    sed -n "s/^$namespace\.svc\.\(.*[^.]\)\.*\$/\1/p")
  if [ -n "$real" ] && ! echo "$real" | grep -qixF "$domain"; then
    # A rollout replaces one pod at a time and waits for its quorum, so it stops at the first one.
    say "clusterDomain is $domain, but the domain of this cluster is" $real: \
      "the servers cannot find each other. Set clusterDomain to" $real", run pulumi up," \
      "and delete each pod that still logs this"
    exit 1
  fi
}

# note FILE TEXT: writes a file atomically; it always has either its old or its new content.
note() {
  echo "$2" >"$1.new"
  # Without this, a power failure could leave the new name without its content.
  sync "$1.new" || :
  mv -f "$1.new" "$1"
}

# noted FILE: prints the number of servers in a file; nothing if there is no file, "unknown" if it has no number.
noted() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    return
  fi
  number=$(tr -d '\000' 2>/dev/null <"$1") || number=
  others=$(tr -d '0-9\n' 2>/dev/null <"$1" | wc -c) || others=1
  case $others:$number in
    0:[1-9] | 0:[1-9][0-9] | 0:[1-9][0-9][0-9]) echo "$number" ;;
    *) echo unknown ;;
  esac
}

# A server's id is its pod's ordinal plus one.
write_myid() {
  myid=$((${POD_NAME##*-} + 1))
  # For the log's lines: ZooKeeper itself sets the id in only some of its threads.
  export ZK_MYID="$myid"
  mkdir -p "$data_dir" "$log_dir"
  if [ "$(cat "$data_dir/myid" 2>/dev/null)" != "$myid" ]; then
    note "$data_dir/myid" "$myid"
  fi
}

# A write is acknowledged once more than half of the servers have it. If only half of them or fewer are left, the write
# may be on none of these. Then this server waits until somebody accepts that loss. The program rejects such a change;
# other tools may not. If the earlier number is unknown, it may have been large enough for this.
await_consent_to_fewer() {
  servers=$(grep -c '^server\.' "$ZOOCFGDIR/zoo.cfg")
  reported=
  while :; do
    before=$(noted "$data_dir/servers")
    if [ "$before" != unknown ] && [ $((2 * servers)) -gt "${before:-0}" ]; then
      break
    fi
    if [ "$reported" != "$before" ]; then
      reported=$before
      if [ "$before" = unknown ]; then
        say "$data_dir/servers does not contain the earlier number of servers: if there were more than" \
          "$((2 * servers - 1)), acknowledged writes may be on none of the $servers that are left." \
          "If there were at most $((2 * servers - 1)), or if the last writes may be lost, run in this container:" \
          "rm $data_dir/servers"
      else
        say "the ensemble would shrink from $before servers to $servers: writes acknowledged by" \
          "$((before / 2 + 1)) of $before may be on none of these." \
          "Go back to $before servers, and remove fewer at a time." \
          "If the last writes may be lost, run in this container: rm $data_dir/servers"
      fi
    fi
    sleep 1
  done
  if [ "$before" != "$servers" ]; then
    note_former "${before:-0}"
    note "$data_dir/servers" "$servers"
  fi
}

# A server that was there before the ensemble grew by one may need the former list: see zookeeper-growing.
note_former() {
  if [ "$servers" -eq $(($1 + 1)) ] && [ "$myid" -le "$1" ]; then
    note "$data_dir/former-servers" "$1"
  else
    rm -f "$data_dir/former-servers"
  fi
}

# Prints the folder with the server's configuration. If zookeeper-growing has requested this, it is the same
# configuration, but with the former list of servers.
configuration() {
  if [ ! -e "$ZK_BIN_DIR/former-list" ]; then
    echo "$ZOOCFGDIR"
    return
  fi
  mkdir -p "$ZK_BIN_DIR/conf"
  cp "$ZOOCFGDIR"/* "$ZK_BIN_DIR/conf/"
  sed "/^server\.$((former + 1))=/d" "$ZOOCFGDIR/zoo.cfg" >"$ZK_BIN_DIR/conf/zoo.cfg"
  echo "$ZK_BIN_DIR/conf"
}

# Starts Java beside this script and zookeeper-growing, which may send SIGUSR1: then Java starts again, with another list
# of servers. To the kubelet, an ended container has crashed: it would delay the next starts, by 10 s, 20 s, and so on,
# and the update would fail.
serve_while_growing() {
  java=
  stopping=
  again=
  # A signal that comes before Java has started is not lost.
  stop_java() {
    if [ -n "$java" ]; then
      kill -TERM "$java" 2>/dev/null || :
    fi
  }
  trap 'stopping=yes; stop_java' TERM
  trap 'again=yes; stop_java' USR1
  while [ -z "$stopping" ]; do
    again=
    conf=$(configuration)
    ZOOCFGDIR=$conf zkServer.sh start-foreground &
    java=$!
    if [ -n "$stopping" ]; then
      stop_java
    fi
    sh "$(dirname "$0")/zookeeper-growing" $$ &
    # A signal ends wait, but not Java.
    while :; do
      status=0
      wait "$java" || status=$?
      kill -0 "$java" 2>/dev/null || break
    done
    java=
    if [ -z "$again" ]; then
      exit "$status"
    fi
    date +%s >"$ZK_BIN_DIR/restarted"
  done
  exit 143
}

has_database() {
  for file in "$data_dir"/version-2/snapshot.* "$log_dir"/version-2/log.*; do
    if [ -e "$file" ]; then
      return 0
    fi
  done
  return 1
}

# With db.autocreate=false, a server without a database votes only if it finds a file "initialize". This script creates
# the file until the ensemble has been bootstrapped. After that, an empty disk is a lost disk, and must not outvote the
# others. ZooKeeper looks for the file beside the transaction log, not in dataDir.
allow_first_start() {
  if has_database; then
    return 0
  fi
  if [ ! -e "$ZK_MARK_DIR/ensemble" ]; then
    say "first start of this ensemble: an empty database may vote"
    touch "$log_dir/initialize"
    first=yes
  elif [ ! -e "$log_dir/initialize" ]; then
    say "the data directory is empty although ensemble $(cat "$ZK_MARK_DIR/ensemble") has been bootstrapped:" \
      "this server joins an existing quorum, but does not help to form one." \
      "If no quorum is left and a server with data runs, let this one vote: touch $log_dir/initialize here," \
      "then restart the pod. If every volume was emptied on purpose: delete the ConfigMap" \
      "$(cat "$ZK_MARK_DIR/ensemble")-bootstrapped, then the pods"
    return 0
  fi
  # A server that waited without a database has written -1 as its epoch. It could not start with a database then.
  for file in "$data_dir/version-2/currentEpoch" "$data_dir/version-2/acceptedEpoch"; do
    if [ "$(cat "$file" 2>/dev/null)" = -1 ]; then
      rm "$file"
    fi
  done
}

# A server whose peers' names do not resolve yet backs off, and loses seconds. So this waits for the names first: up to
# 3 seconds for all of them, and up to 10 for a quorum. Then it starts anyway: a lost majority must not keep this server
# down. The server's own name always resolves, because the kubelet writes it to /etc/hosts.
await_names() {
  names=$(sed -n 's/^server\.[0-9]*=\([^:]*\):.*/\1/p' "$ZOOCFGDIR/zoo.cfg")
  servers=$(echo "$names" | wc -l)
  # On a first start, all servers get their names at about this time. If one asks for a name a moment too early, its
  # node's DNS cache answers for 5 s that there is none.
  if [ -n "$first" ] && [ "$servers" -gt 1 ]; then
    sleep 1
  fi
  since=$(date +%s)
  while :; do
    present=1
    for name in $names; do
      if [ "${name%%.*}" != "$POD_NAME" ] && timeout 2 getent ahosts "$name." >/dev/null; then
        present=$((present + 1))
      fi
    done
    if [ "$present" -ge "$servers" ]; then
      return 0
    fi
    waited=$(($(date +%s) - since))
    if [ "$waited" -ge 10 ] || { [ "$waited" -ge 3 ] && [ "$present" -gt $((servers / 2)) ]; }; then
      say "the names of $present of $servers servers resolve after ${waited}s: starting"
      return 0
    fi
    sleep 0.2
  done
}

# Prints the free space on the volume in KiB, or the required space if it is unknown.
free_kib() {
  df -Pk "${data_dir%/*}" | {
    read -r _
    read -r _ _ _ free _
    echo "${free:-$least_free_kib}"
  }
}

# A server must stop before its disk is full. ZooKeeper continues after a partial write, and appends to it once there is
# space again. No server can read such a log beyond that point, not even the writes acknowledged later. 64 MiB is what
# 20 MB/s write in the 3 seconds between two checks.
least_free_kib=65536

await_room() {
  reported=
  while [ "$(free_kib)" -lt "$least_free_kib" ]; do
    if [ -z "$reported" ]; then
      reported=yes
      say "the volume is full, less than $((least_free_kib / 1024)) MiB are free: enlarge it, and the server starts" \
        "by itself. Do not delete transaction logs: the newest ones are the data"
    fi
    sleep 1
  done
}

# ZooKeeper's defaults would fill a small volume: they preallocate 64 MiB of log, and take a snapshot after 4 GiB of it.
# These sizes keep the retained logs within half of the volume. The size is read from the volume itself: with a setting,
# growing the volumes would roll all servers, just when one of them is full.
# When a server starts, it keeps up to 500 writes of the log after the newest snapshot in memory, besides the database.
# They must fit into a quarter of the heap, or a server that ran out of memory could never start again.
log_sizes() {
  df -Pk "${data_dir%/*}" | {
    read -r _
    read -r _ kib _ || exit 1
    retained=$(($(setting autopurge.snapRetainCount) + 1))
    ahead=$(within 64 $((kib / 64)) 65536)
    limit=$(within "$ahead" $((kib / 2 / retained)) $((ZK_SERVER_HEAP * 256)))
    echo "-Dzookeeper.preAllocSize=$ahead -Dzookeeper.snapSizeLimitInKb=$limit"
  }
}

# within LEAST NUMBER MOST: prints the number, limited to this range.
within() {
  if [ "$2" -lt "$1" ]; then
    echo "$1"
  elif [ "$2" -gt "$3" ]; then
    echo "$3"
  else
    echo "$2"
  fi
}

# Runs beside the server, until the server ends.
stop_when_full() {
  while kill -0 "$1" 2>/dev/null; do
    if [ "$(free_kib)" -lt "$least_free_kib" ]; then
      say "the volume is nearly full: the server stops, so that its log stays intact"
      kill -TERM "$1"
      return
    fi
    sleep 3
  done
}

# The probe runs from a writable folder, and every start restores it.
install_probe() {
  cp "$(dirname "$0")/zookeeper-ready" "$ZK_BIN_DIR/zookeeper-ready"
  chmod 0755 "$ZK_BIN_DIR/zookeeper-ready"
  rm -f "$ZK_BIN_DIR/started" "$ZK_BIN_DIR/restarted"
}

# Prints for whom this server has certificates.
certificates_for() {
  if [ -n "${ZK_CERTIFICATES_DIR:-}" ]; then
    echo servers
  fi
  if [ -n "${ZK_CLIENT_CERTIFICATES_DIR:-}" ]; then
    echo clients
  fi
}

# Without a valid certificate, the other servers would reject this one.
await_certificates() {
  # The log of this start says again what keeps it waiting.
  rm -f "${ZK_CERTIFICATES_DIR:-/nonexistent}/reported" "${ZK_CLIENT_CERTIFICATES_DIR:-/nonexistent}/reported"
  for whom in $(certificates_for); do
    until sh "$(dirname "$0")/zookeeper-certificates" "$whom"; do
      sleep 1
    done
  done
}

. "$(dirname "$0")/zookeeper-restore"

ZK_RESOLV_CONF=${ZK_RESOLV_CONF:-/etc/resolv.conf}
check_domain
data_dir=$(setting dataDir)
log_dir=$(setting dataLogDir)
install_probe
await_room
write_myid
await_consent_to_fewer
first=
restore_backup
allow_first_start
await_certificates
await_names
# If the volume's size is unknown, ZooKeeper's defaults apply.
sizes=$(log_sizes) || sizes=
# Flags of the pod template come last, so they override these.
export SERVER_JVMFLAGS="$sizes ${SERVER_JVMFLAGS:-}"
date +%s >"$ZK_BIN_DIR/started"
stop_when_full $$ &
for whom in $(certificates_for); do
  sh "$(dirname "$0")/zookeeper-certificates" "$whom" $$ &
done
# One server does it for all. Data from a backup has no such mark.
if [ -n "${ZK_CLOSE_ROOT:-}" ] && [ "$myid" -eq 1 ] && [ ! -e "$data_dir/root-closed" ]; then
  sh "$(dirname "$0")/zookeeper-close-root" $$ &
fi
former=$(noted "$data_dir/former-servers")
# The list of all servers is always safe. The former list has exactly one server less; any other number is damage.
if [ "$former" = $((servers - 1)) ]; then
  serve_while_growing
fi
rm -f "$ZK_BIN_DIR/former-list"
exec zkServer.sh start-foreground
