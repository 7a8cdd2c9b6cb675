# stage-kept.sh VOLUME TIME IDENT KEPT: prepares the folder data.replaced-KEPT for swap.sh.
set -eu
cd "$1/data.replaced-$4"
[ -d version-2 ]
# A server writes its id when it starts. So if data has no id, no server has run with it since the exchange.
rm -f myid
echo "$2 $3" >restored-from
sync
