# load.sh FOLDER HEAP FLAGS <ARCHIVE: unpacks a backup to a folder, and starts a server on it that is its own quorum.
# Prints the number of znodes, the last transaction id and the database's digest, or fails with the reason why ZooKeeper
# cannot load the backup.
set -eu
umask 077
cd "$1"
# Stop the server of an earlier run, whose connection was lost.
if [ -e server.pid ]; then
  kill -KILL "$(cat server.pid)" 2>/dev/null || true
fi
pids=$PWD/server.pid
cd "$(mktemp -d "$PWD/try.XXXXXX")"
mkdir data conf
tar -C data --no-same-owner --no-same-permissions -xzf -
(cd data && sha256sum --check --quiet --strict SHA256SUMS) >&2

echo 1 >data/myid
cat >conf/zoo.cfg <<EOF
tickTime=2000
initLimit=10
syncLimit=5
dataDir=$PWD/data
dataLogDir=$PWD/data/log
standaloneEnabled=false
reconfigEnabled=false
admin.enableServer=false
4lw.commands.whitelist=srvr
server.1=127.0.0.1:2888:3888;127.0.0.1:2181
EOF
# At a lower level, ZooKeeper logs a line for each transaction.
cat >conf/logback.xml <<EOF
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%m%n</pattern></encoder></appender>
  <logger name="org.apache.zookeeper.server.ZKDatabase" level="INFO" />
  <root level="WARN"><appender-ref ref="OUT" /></root>
</configuration>
EOF
export ZOOCFGDIR="$PWD/conf" ZOO_LOG_DIR="$PWD" JMXDISABLE=true ZK_SERVER_HEAP="$2"
# Use the ensemble's own flags, because its limits may differ from the defaults.
export SERVER_JVMFLAGS="$3 -Dzookeeper.db.autocreate=false"
zkServer.sh start-foreground >server.log 2>&1 &
server=$!
echo "$server" >"$pids"

serves() {
  answer=$(printf srvr | nc -w 3 127.0.0.1 2181 2>/dev/null)
  case $answer in *Mode:*) return 0 ;; esac
  return 1
}

left=600
until serves; do
  if ! kill -0 "$server" 2>/dev/null; then
    reason=$(sed -n 's/^\(Caused by: \)\{0,1\}\([a-z]*\.\)*\([A-Za-z]*Exception: .*\)/\3/p' server.log | tail -n 1)
    echo "a server cannot start with it: ${reason:-$(tail -n 1 server.log)}" >&2
    exit 1
  fi
  if [ "$left" -le 0 ]; then
    echo "a server started with it, but did not serve in time" >&2
    exit 1
  fi
  left=$((left - 1))
  sleep 1
done
kill "$server"
# Its ports are free for another one.
wait "$server" 2>/dev/null || true

# With these errors, ZooKeeper only warns and starts without some of the data.
if warning=$(grep -m 1 -e 'is not covering the snapshot' -e '[Dd]igest.* mismatch' -e 'Digests are not matching' \
  -e 'problem reading snap file' server.log); then
  echo "a server starts with it, but some of the data is missing: $warning" >&2
  exit 1
fi
# Snapshot loaded in 5 ms, highest zxid is 0x100000003, digest is 1371985504
loaded=$(sed -n 's/^Snapshot loaded in .* highest zxid is \(0x[0-9a-f]*\), digest is \(-*[0-9]*\)$/\1 \2/p' server.log |
  head -n 1)
if [ -z "$loaded" ]; then
  echo "a server starts with it, but does not say what it has loaded" >&2
  exit 1
fi
echo "$(echo "$answer" | sed -n 's/^Node count: //p') $loaded"
