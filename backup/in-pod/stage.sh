# stage.sh VOLUME TIME IDENT ROOM <BACKUP: unpacks a backup beside a server's data, to the folder data.new for swap.sh.
# ROOM is the required free space in KiB.
set -eu
cd "$1"
umask 077
# An interrupted run may have left this folder. No server has ever used it.
rm -rf data.new
free=$(df -Pk . | {
  read -r _
  read -r _ _ _ free _
  echo "$free"
})
if [ "$free" -lt "$4" ]; then
  echo "the volume has $free KiB free, but $4 are needed" >&2
  exit 1
fi
mkdir data.new
tar -C data.new --no-same-owner --no-same-permissions -xzf - SHA256SUMS version-2 log/version-2
cd data.new
sha256sum --check --quiet --strict SHA256SUMS >&2
rm SHA256SUMS
echo "$2 $3" >restored-from
sync
