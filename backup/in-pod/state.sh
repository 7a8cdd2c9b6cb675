# state.sh VOLUME: prints what restores have left on a server's volume, one line for each:
#   kept TIME SERVERS          data.replaced-TIME has a database, of an ensemble with this number of servers
#   swapped TIME IDENT         the data was exchanged at TIME, and no server has run with it
#   between TIME IDENT SOURCE  the exchange was interrupted between its two renames; the new data is still in SOURCE
#   staged TIME IDENT SOURCE   SOURCE is prepared for an exchange
set -eu
cd "$1"
for kept in data.replaced-*; do
  if [ -d "$kept/version-2" ]; then
    servers=$(head -c 4 "$kept/servers" 2>/dev/null || true)
    case $servers in '' | *[!0-9]*) servers=0 ;; esac
    echo "kept ${kept#data.replaced-} $servers"
  fi
done
# fresh FOLDER: whether no server has run with this data. A server writes its id when it starts.
fresh() {
  [ -f "$1/restored-from" ] && [ ! -e "$1/myid" ]
}
if fresh data; then
  echo "swapped $(cat data/restored-from)"
fi
for source in data.new data.replaced-*; do
  if fresh "$source"; then
    read -r time ident <"$source/restored-from"
    if [ ! -e data ] && [ -e "data.replaced-$time" ]; then
      echo "between $time $ident $source"
    else
      echo "staged $time $ident $source"
    fi
  fi
done
