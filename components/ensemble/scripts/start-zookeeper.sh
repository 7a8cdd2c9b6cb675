#!/bin/sh
# Starts this pod's ZooKeeper server and becomes it: Java ends up as process 1 and gets SIGTERM itself.
# Everything that it needs to know about the ensemble stands in zoo.cfg.
set -eu
# As process 1 a shell would not hear it while it waits here.
trap 'exit 143' TERM

: "${POD_NAME:?}" "${ZOOCFGDIR:?}" "${ZK_BIN_DIR:?}" "${ZK_MARK_DIR:?}" "${ZK_SERVER_HEAP:?}"

say() {
  echo "start-zookeeper: $*"
}

setting() {
  sed -n "s/^$1=//p" "$ZOOCFGDIR/zoo.cfg"
}

# Under another domain than the cluster's no server finds another one. A pod that uses the cluster's DNS searches in
# NAMESPACE.svc.DOMAIN; where it does not, somebody has set its DNS by hand and may know better.
check_domain() {
  zone=$(sed -n 's/^server\.1=[^.]*\.[^.]*\.\([^:]*\):.*/\1/p' "$ZOOCFGDIR/zoo.cfg")
  namespace=${zone%%.*}
  domain=${zone#"$namespace".svc.}
  real=$(sed -n 's/^search[[:blank:]]*//p' "$ZK_RESOLV_CONF" 2>/dev/null | tr -s '[:blank:]' '\n' |
    sed -n "s/^$namespace\.svc\.\(.*[^.]\)\.*\$/\1/p")
  if [ -n "$real" ] && ! echo "$real" | grep -qixF "$domain"; then
    # A roll-out takes one pod after the other, and waits here for a quorum: it replaces only the first one.
    say "clusterDomain is $domain, but the domain of this cluster is" $real: \
      "the servers cannot find each other. Set clusterDomain to" $real", run pulumi up," \
      "and delete each pod that still says this"
    exit 1
  fi
}

# note FILE TEXT: the file has all of it or what it had before, whatever happens meanwhile.
note() {
  echo "$2" >"$1.new"
  # Without this, a machine that loses power may have the new name and none of the content.
  sync "$1.new" || :
  mv -f "$1.new" "$1"
}

# What is noted in a file, a number of servers: nothing where there is no file, "unknown" where it holds no number.
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
  # For the log's lines: Java hands its own note of the id on to only some of its threads.
  export ZK_MYID="$myid"
  mkdir -p "$data_dir" "$log_dir"
  if [ "$(cat "$data_dir/myid" 2>/dev/null)" != "$myid" ]; then
    note "$data_dir/myid" "$myid"
  fi
}

# A write is acknowledged once more than half of the servers have it. Where no more than half are left, it may have gone
# with the others: these wait for somebody to say that it may be lost. The program refuses such a change; others may not.
# Where nobody knows any more how many there were, there may have been as many.
await_consent_to_fewer() {
  servers=$(grep -c '^server\.' "$ZOOCFGDIR/zoo.cfg")
  told=
  while :; do
    before=$(noted "$data_dir/servers")
    if [ "$before" != unknown ] && [ $((2 * servers)) -gt "${before:-0}" ]; then
      break
    fi
    if [ "$told" != "$before" ]; then
      told=$before
      if [ "$before" = unknown ]; then
        say "$data_dir/servers does not say how many servers there were: of more than $((2 * servers - 1))," \
          "what they acknowledged could be on none of the $servers that are to be." \
          "If there were at most $((2 * servers - 1)), or if the last writes may be lost: rm $data_dir/servers here"
      else
        say "there were $before servers and are to be $servers: what $((before / 2 + 1)) of $before acknowledged could be" \
          "on none of these. Go back to $before servers and take away fewer at a time." \
          "If the last writes may be lost: rm $data_dir/servers here"
      fi
    fi
    sleep 1
  done
  if [ "$before" != "$servers" ]; then
    note_former "${before:-0}"
    note "$data_dir/servers" "$servers"
  fi
}

# Only where an odd number of servers gets one more does a majority need one vote more, too: see zookeeper-growing.
note_former() {
  if [ $(($1 % 2)) -eq 1 ] && [ "$servers" -eq $(($1 + 1)) ]; then
    note "$data_dir/former-servers" "$1"
  else
    rm -f "$data_dir/former-servers"
  fi
}

# What zookeeper-growing has asked for: the same configuration with the former list of servers.
take_former_list() {
  mkdir -p "$ZK_BIN_DIR/conf"
  cp "$ZOOCFGDIR"/* "$ZK_BIN_DIR/conf/"
  sed "/^server\.$((former + 1))=/d" "$ZOOCFGDIR/zoo.cfg" >"$ZK_BIN_DIR/conf/zoo.cfg"
  export ZOOCFGDIR="$ZK_BIN_DIR/conf"
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

# A server whose peers have no names yet backs off, and loses seconds. So wait for the names first: for all of them
# for 3 seconds, for a quorum for 10, then start regardless, because a majority that is gone must not keep this one
# down. The server's own name is no matter: the kubelet writes it to /etc/hosts.
await_names() {
  names=$(sed -n 's/^server\.[0-9]*=\([^:]*\):.*/\1/p' "$ZOOCFGDIR/zoo.cfg")
  servers=$(echo "$names" | wc -l)
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
      say "$present of $servers servers have names after ${waited}s: starting"
      return 0
    fi
    sleep 0.2
  done
}

# What is free on the volume, in KiB; as much as is wanted where that cannot be told.
free_kib() {
  df -Pk "${data_dir%/*}" | {
    read -r _
    read -r _ _ _ free _
    echo "${free:-$least_free_kib}"
  }
}

# A server must stop before its disk is full. ZooKeeper goes on after a write that failed half-way, and when there is
# room again it appends behind that half: no server can read such a log again, nor what was acknowledged after it.
# 64 MiB are what 20 MB/s write in the 3 seconds between two looks.
least_free_kib=65536

await_room() {
  told=
  while [ "$(free_kib)" -lt "$least_free_kib" ]; do
    if [ -z "$told" ]; then
      told=yes
      say "the volume is full, less than $((least_free_kib / 1024)) MiB are free: make it larger, and the server starts" \
        "by itself. Do not delete transaction logs: the newest ones are the data"
    fi
    sleep 1
  done
}

# ZooKeeper's defaults, 64 MiB of log allocated ahead and a snapshot after 4 GiB of it, fill a small volume. These sizes
# keep the logs that are retained within half of it. The volume itself tells its size: a setting would roll all servers
# when the volumes grow, which are grown because one of them is full.
# A start keeps up to 500 writes of the log behind the newest snapshot in memory, besides the database. A quarter of the
# heap has to be enough for them, or a server that ran out of memory could never start again.
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

# within LEAST NUMBER MOST
within() {
  if [ "$2" -lt "$1" ]; then
    echo "$1"
  elif [ "$2" -gt "$3" ]; then
    echo "$3"
  else
    echo "$2"
  fi
}

# Runs beside the server, as long as that does.
stop_when_full() {
  while kill -0 "$1" 2>/dev/null; do
    if [ "$(free_kib)" -lt "$least_free_kib" ]; then
      say "the volume is nearly full: the server stops, so that its log stays whole"
      kill -TERM "$1"
      return
    fi
    sleep 3
  done
}

# The probe runs from a writable place, and is put back at every start.
install_probe() {
  cp "$(dirname "$0")/zookeeper-ready" "$ZK_BIN_DIR/zookeeper-ready"
  chmod 0755 "$ZK_BIN_DIR/zookeeper-ready"
  rm -f "$ZK_BIN_DIR/started"
}

ZK_RESOLV_CONF=${ZK_RESOLV_CONF:-/etc/resolv.conf}
check_domain
data_dir=$(setting dataDir)
log_dir=$(setting dataLogDir)
install_probe
await_room
write_myid
await_consent_to_fewer
allow_first_start
await_names
# Where nothing tells the volume's size, ZooKeeper's defaults hold.
sizes=$(log_sizes) || sizes=
# What somebody has set comes last, and wins.
export SERVER_JVMFLAGS="$sizes ${SERVER_JVMFLAGS:-}"
date +%s >"$ZK_BIN_DIR/started"
stop_when_full $$ &
former=$(noted "$data_dir/former-servers")
# The list of all servers is always safe. A former one is that of one server less, and not of what a damaged note says.
if [ "$former" = $((servers - 1)) ]; then
  sh "$(dirname "$0")/zookeeper-growing" $$ &
  if [ -e "$ZK_BIN_DIR/former-list" ]; then
    take_former_list
  fi
else
  rm -f "$ZK_BIN_DIR/former-list"
fi
exec zkServer.sh start-foreground
