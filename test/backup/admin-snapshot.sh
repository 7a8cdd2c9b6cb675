# admin-snapshot: in a container with ZooKeeper's image, starts a server on port 2181 whose AdminServer gives snapshots.
# admin-snapshot load: takes one, and starts another server with nothing but that, on port 2182.
set -eu
home=$(dirname "$(dirname "$(readlink -f "$(command -v zkServer.sh)")")")

# start FOLDER PORT FLAG...: starts a server that is no part of an ensemble.
start() {
  folder=$1
  port=$2
  shift 2
  printf '%s\n' tickTime=2000 "dataDir=$folder" "clientPort=$port" "admin.enableServer=$([ $port = 2181 ] && echo true || echo false)" \
    admin.serverPort=8080 admin.rateLimiterIntervalInMS=0 4lw.commands.whitelist=srvr >"$folder.cfg"
  exec java -Xmx256m "-Dlogback.configurationFile=$home/conf/logback.xml" "$@" -cp "$home/lib/*" \
    org.apache.zookeeper.server.ZooKeeperServerMain "$folder.cfg" >"$folder.log" 2>&1
}

if [ "${1-}" != load ]; then
  mkdir -p /tmp/admin
  start /tmp/admin 2181
fi
if [ -e /tmp/other.pid ]; then
  kill -KILL "$(cat /tmp/other.pid)"
fi
rm -rf /tmp/other
mkdir -p /tmp/other/version-2
# Any user has all rights to the root znode, and so to take a snapshot.
wget -q --server-response --header 'Authorization: digest anybody:secret' -O /tmp/other/version-2/snapshot \
  'http://127.0.0.1:8080/commands/snapshot?streaming=true' 2>/tmp/headers
zxid=$(sed -n 's/^ *last_zxid: 0x\([0-9a-f]*\).*/\1/p' /tmp/headers)
mv /tmp/other/version-2/snapshot "/tmp/other/version-2/snapshot.$zxid"
# Without a log, a server starts only so.
(start /tmp/other 2182 -Dzookeeper.snapshot.trust.empty=true) &
echo "$!" >/tmp/other.pid
until printf srvr | nc -w 2 127.0.0.1 2182 | grep -q Mode; do
  sleep 0.2
done
