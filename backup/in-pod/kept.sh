# kept.sh VOLUME NAME: lists the complete backups on a volume, one line for each: its name, znodes, last transaction id,
# bytes, and checksum.
set -eu
cd "$1"
field() {
  sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\).*/\1/p" "$1" | head -n 1 | tr -cd 'A-Za-z0-9-'
}
for json in "$2"-????????T??????Z.json; do
  if [ -e "$json" ]; then
    echo "${json%.json} znodes=$(field "$json" znodes) zxid=$(field "$json" zxid) bytes=$(field "$json" bytes)" \
      "$(field "$json" sha256)"
  fi
done
