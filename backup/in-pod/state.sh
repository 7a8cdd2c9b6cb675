# state.sh VOLUME: prints what restores have left on a server's volume, one line each:
#   kept TIME SERVERS          data.replaced-TIME holds a database, of an ensemble of so many servers
#   swapped TIME IDENT         its data were exchanged at TIME, and no server has run with them
#   between TIME IDENT SOURCE  the exchange was cut off between its two renames: the new data are still in SOURCE
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
# A server writes its id when it starts.
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
