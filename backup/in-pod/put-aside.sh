# put-aside.sh VOLUME TIME: renames a server's data to data.damaged-TIME.
set -eu
cd "$1"
if [ ! -e "data.damaged-$2" ]; then
  mv data "data.damaged-$2"
fi
sync
