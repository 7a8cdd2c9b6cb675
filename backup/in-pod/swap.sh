# swap.sh VOLUME TIME IDENT SOURCE: renames a server's data to data.replaced-TIME, and the folder SOURCE to data. It
# also completes an interrupted exchange.
set -eu
cd "$1"
kept=data.replaced-$2
if [ ! -e "$kept" ]; then
  # A volume without data keeps an empty folder.
  if [ -e data ]; then mv data "$kept"; else mkdir "$kept"; fi
fi
if [ ! -e data ]; then
  mv "$4" data
fi
[ "$(cat data/restored-from)" = "$2 $3" ]
sync
