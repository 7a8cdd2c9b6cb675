# five-servers [FLAG...]: runs five servers in this container, and prints how many of 700 acknowledged writes the first one
# lacks in the end, which was away while they were written.
#
# In between, the fifth server is away, too, gets a snapshot when it comes back, and then leads. Its log has the writes
# before and after these 700, but not these.
set -eu
flags=$*
home=$(dirname "$(dirname "$(readlink -f "$(command -v zkServer.sh)")")")
all=$(mktemp -d)

configure() {
  mkdir -p "$all/$1/data"
  echo "$1" >"$all/$1/data/myid"
  {
    printf '%s\n' tickTime=1000 initLimit=10 syncLimit=5 "dataDir=$all/$1/data" admin.enableServer=false \
      standaloneEnabled=false 4lw.commands.whitelist=srvr
    for n in 1 2 3 4 5; do
      echo "server.$n=127.0.0.$n:2888:3888;127.0.0.$n:2181"
    done
  } >"$all/$1/zoo.cfg"
}

start() {
  for n in "$@"; do
    # Small files: the size of those after the first one may be at most a third of the snapshot's.
    java -Xmx64m -Dzookeeper.preAllocSize=64 $flags -cp "$home/lib/*" \
      org.apache.zookeeper.server.quorum.QuorumPeerMain "$all/$n/zoo.cfg" >"$all/$n/log" 2>&1 &
    echo $! >"$all/$n/pid"
  done
}

end() {
  for n in "$@"; do
    kill -9 "$(cat "$all/$n/pid")"
    wait "$(cat "$all/$n/pid")" 2>/dev/null || :
  done
}

mode() {
  printf srvr | nc -w 2 "127.0.0.$1" 2181 2>/dev/null | sed -n 's/^Mode: //p'
}

serve() {
  for n in "$@"; do
    tries=0
    while [ -z "$(mode "$n")" ]; do
      tries=$((tries + 1))
      if [ "$tries" -gt 600 ]; then
        echo "server $n does not serve" >&2
        tail -n 20 "$all/$n/log" >&2
        exit 1
      fi
      sleep 0.2
    done
  done
  # Every server has every write then.
  sleep 2
}

cli() {
  zkCli.sh -server "127.0.0.$1:2181" 2>/dev/null
}

# write SERVER NAME COUNT [DATA]: creates so many znodes below one.
write() {
  {
    echo "create /$2"
    n=0
    while [ "$n" -lt "$3" ]; do
      echo "create /$2/$n ${4:-x}"
      n=$((n + 1))
    done
  } | cli "$1" >/dev/null
}

# count SERVER NAME: prints how many of these znodes a server has.
count() {
  echo "ls /$2" | cli "$1" | grep -o '\[[0-9][0-9, ]*\]' | grep -o '[0-9][0-9]*' | wc -l
}

trap 'kill -9 $(cat "$all"/*/pid) 2>/dev/null || :; rm -rf "$all"' EXIT
for n in 1 2 3 4 5; do
  configure "$n"
done
start 1 2 3 4 5
serve 1 2 3 4 5
write 5 large 300 "$(head -c 10000 /dev/zero | tr '\0' x)"
# Each start begins a new log.
end 1 2 3 4 5
start 1 2 3 4 5
serve 1 2 3 4 5
write 5 before 20
sleep 1
end 1
write 5 more 20
sleep 1
end 2 3 4 5
start 2 3 4
serve 2 3 4
write 4 missed 700
# As a purge does: now nobody has what the fifth server lacks as a log.
rm -f "$all"/[234]/data/version-2/log.[12]*
start 5
serve 5
for n in 2 3 4; do
  if [ "$(mode "$n")" = leader ]; then
    leader=$n
  fi
done
end "$leader"
serve $(echo 2 3 4 | tr -d "$leader") 5
write 5 after 20
start 1
serve 1
echo "the first server lacks $((700 - $(count 1 missed))) writes, the fifth one lacks $((700 - $(count 5 missed)))"
