#!/bin/sh
# Runs a command with a configuration from the variables ZOO_*, as the official image does. The program's own pods do
# not use it: they start the script start-zookeeper.
set -eu

: "${ZOO_CONF_DIR:?}" "${ZOO_DATA_DIR:?}" "${ZOO_DATA_LOG_DIR:?}" "${ZOO_LOG_DIR:?}"

# A server does not run as root: root only gives it the volumes.
if [ "${1:-}" = zkServer.sh ] && [ "$(id -u)" -eq 0 ]; then
  chown -R zookeeper "$ZOO_DATA_DIR" "$ZOO_DATA_LOG_DIR" "$ZOO_LOG_DIR"
  exec gosu zookeeper "$0" "$@"
fi

configuration() {
  cat <<END
dataDir=$ZOO_DATA_DIR
dataLogDir=$ZOO_DATA_LOG_DIR
tickTime=$ZOO_TICK_TIME
initLimit=$ZOO_INIT_LIMIT
syncLimit=$ZOO_SYNC_LIMIT
autopurge.snapRetainCount=$ZOO_AUTOPURGE_SNAPRETAINCOUNT
autopurge.purgeInterval=$ZOO_AUTOPURGE_PURGEINTERVAL
maxClientCnxns=$ZOO_MAX_CLIENT_CNXNS
standaloneEnabled=$ZOO_STANDALONE_ENABLED
admin.enableServer=$ZOO_ADMINSERVER_ENABLED
END
  # Both variables hold several lines, separated by blanks.
  printf '%s\n' ${ZOO_SERVERS:-server.1=localhost:2888:3888;2181}
  if [ -n "${ZOO_4LW_COMMANDS_WHITELIST:-}" ]; then
    echo "4lw.commands.whitelist=$ZOO_4LW_COMMANDS_WHITELIST"
  fi
  if [ -n "${ZOO_CFG_EXTRA:-}" ]; then
    printf '%s\n' $ZOO_CFG_EXTRA
  fi
}

# What is mounted there is kept.
if [ ! -f "$ZOO_CONF_DIR/zoo.cfg" ]; then
  configuration >"$ZOO_CONF_DIR/zoo.cfg"
fi
if [ ! -f "$ZOO_DATA_DIR/myid" ]; then
  echo "${ZOO_MY_ID:-1}" >"$ZOO_DATA_DIR/myid"
fi
exec "$@"
