# rewind.sh FOLDER MOMENT FLAGS <ARCHIVE: unpacks a backup to a folder, and prints it as of an earlier moment: a
# transaction id such as 0x50000024e, or a time in UTC such as "2026-11-28 09:12:01". FLAGS are those of a server's Java.
set -eu
umask 077
LC_ALL=C
export LC_ALL
cd "$(mktemp -d "$1/rewind.XXXXXX")"
moment=$2
flags=$3
tar --no-same-owner --no-same-permissions -xzf -
sha256sum --check --quiet --strict SHA256SUMS >&2

home=$(dirname "$(dirname "$(readlink -f "$(command -v zkServer.sh)")")")

# tool CLASS ARGUMENT...: runs a tool of ZooKeeper with the server's limits. In Swedish, Java's dates are sortable.
tool() {
  # shellcheck disable=SC2086
  java $flags -Duser.timezone=UTC -Duser.language=sv -Duser.country=SE -cp "$home/lib/*:$home/*" "$@"
}

# padded: a transaction id in hexadecimal as 16 digits, which sort like numbers.
padded() {
  sed 's/^0x//; s/^/0000000000000000/; s/.*\(................\)$/\1/'
}

# hexadecimal PADDED: as ZooKeeper prints it.
hexadecimal() {
  printf '0x%s' "$1" | sed 's/^0x0*\([0-9a-f]\)/0x\1/'
}

# logs: the names of the logs, the oldest first.
logs() {
  for log in log/version-2/log.*; do
    echo "$(printf %s "${log##*.}" | padded) $log"
  done | sort | cut -d ' ' -f 2
}

# list LOG: prints a line for each transaction: its id, its date, its time and the log.
# ZooKeeper's tool prints the data of znodes, too, which may look like a transaction. Then there are more of them than the
# tool has counted.
digit='[0-9]'
day=$digit$digit$digit$digit-$digit$digit-$digit$digit
clock=$digit$digit:$digit$digit:$digit$digit
list() {
  tool org.apache.zookeeper.server.persistence.TxnLogToolkit -d "$1" >dump 2>dump.err || {
    echo "$1 cannot be read: $(tail -n 1 dump.err)" >&2
    exit 1
  }
  sed -n "s/^\($day\),\{0,1\} \($clock\) UTC session 0x[0-9a-f]* cxid 0x[0-9a-f]* zxid 0x\([0-9a-f]*\) .*/\3 \1 \2/p" \
    dump >listed
  counted=$(sed -n '$s/^EOF reached after \([0-9]*\) txns\.$/\1/p' dump)
  if [ "$(wc -l <listed)" != "${counted:-none}" ]; then
    echo "$1 cannot be listed: of ${counted:-an unknown number of} transactions, $(wc -l <listed) were recognized" >&2
    exit 1
  fi
  cut -d ' ' -f 1 listed | padded >ids
  cut -d ' ' -f 2,3 listed | paste -d ' ' ids - | sed "s:\$: $1:"
}
for log in $(logs); do
  list "$log"
done >transactions
rm -f dump

if [ ! -s transactions ]; then
  echo "the logs have no transaction" >&2
  exit 1
fi
if ! cut -d ' ' -f 1 transactions | sort -c -u 2>/dev/null; then
  echo "the transactions in the logs do not follow each other" >&2
  exit 1
fi

# A server that was away for long receives a snapshot from the leader, and not the transactions before it. Then its earlier
# logs lack some of them, and may end with one that the others have never committed. So only what follows the last gap
# is used: an id that does not follow the one before, or a snapshot of a transaction that is not in the logs.
for snapshot in version-2/snapshot.*; do
  printf '%s\n' "${snapshot##*.}" | padded
done >snapshots
gap=$(awk '
  function low(id, n, i) {
    n = 0
    for (i = 9; i <= 16; i++) n = n * 16 + index("0123456789abcdef", substr(id, i, 1)) - 1
    return n
  }
  # Epochs count from 1.
  function follows(id, before) {
    if (substr(id, 1, 8) == substr(before, 1, 8)) return low(id) == low(before) + 1
    return low(id) == 1
  }
  FNR == NR { snapshots[++count] = $1 ""; next }
  {
    id = $1 ""
    if (before != "") {
      if (!follows(id, before)) gap = FNR
      for (i = 1; i <= count; i++) if (snapshots[i] > before && snapshots[i] < id) gap = FNR
    }
    before = id
  }
  END {
    for (i = 1; i <= count; i++) if (snapshots[i] > before) gap = FNR + 1
    print gap + 0
  }
' snapshots transactions)
why=
if [ "$gap" -gt 0 ]; then
  tail -n "+$gap" transactions >continuous
  mv continuous transactions
  why=", because its logs have a gap before"
fi
if [ ! -s transactions ]; then
  echo "the server has received all data from the leader, and no transaction since then" >&2
  exit 1
fi
oldest=$(head -n 1 transactions | cut -d ' ' -f 1)
# Of the snapshots before the first transaction, only the newest continues with it.
base=$(sort snapshots | awk -v oldest="$oldest" '$1 "" < oldest "" { base = $1 } END { print base }')

# at LINE: what to say of a transaction.
at() {
  printf '%s\n' "$1" | while read -r id day time _; do
    echo "$(hexadecimal "$id") of $day $time UTC"
  done
}
case $moment in
0x*)
  target=$(printf %s "$moment" | padded)
  found=$(awk -v target="$target" '$1 "" <= target "" { found = $0 } END { print found }' transactions)
  later=$(awk -v target="$target" '$1 "" > target "" { n++ } END { print n + 0 }' transactions)
  ;;
*)
  # A clock may have been set back. What follows the first later transaction is later, too.
  found=$(awk -v moment="$moment" '$2 " " $3 > moment { exit } { found = $0 } END { print found }' transactions)
  later=$(awk -v moment="$moment" '$2 " " $3 > moment { late = 1 } late { n++ } END { print n + 0 }' transactions)
  ;;
esac
if [ "$later" -eq 0 ]; then
  echo "it has nothing after $moment: its last transaction is $(at "$(tail -n 1 transactions)"); use it as it is" >&2
  exit 1
fi

# complete SNAPSHOT: the last transaction of which the snapshot may have a part, as 16 digits. ZooKeeper writes while
# transactions are applied, and notes the last one behind the data: 3.9 as a number of 8 bytes, earlier versions with a
# digest of 20 bytes, both between seals, which end with the path "/".
complete() {
  tail -c 38 "$1" | od -An -v -tx1 | tr -d ' \n' | sed -n \
    -e 's/^.*000000012f\([0-9a-f]\{16\}\)[0-9a-f]\{16\}000000012f$/\1/p;t' \
    -e 's/^000000012f\([0-9a-f]\{16\}\)[0-9a-f]\{24\}[0-9a-f]\{16\}000000012f$/\1/p'
}
# The transaction after that one may be in the snapshot, too, so the backup must have it.
usable=
earliest=
for snapshot in version-2/snapshot.*; do
  zxid=$(printf %s "${snapshot##*.}" | padded)
  if expr "X$zxid" '<' "X$oldest" >/dev/null && [ "$zxid" != "$base" ]; then
    rm "$snapshot"
    continue
  fi
  end=$(complete "$snapshot")
  if [ -z "$end" ]; then
    echo "$snapshot does not say when it was complete, and is not used" >&2
    rm "$snapshot"
    continue
  fi
  first=$(awk -v end="$end" '$1 "" > end "" { print; exit }' transactions)
  if [ -n "$found" ] && ! expr "X$end" '<' "X${found%% *}" >/dev/null; then
    rm "$snapshot"
  else
    usable=${found:+yes}
  fi
  if [ -n "$first" ] && { [ -z "$earliest" ] || expr "X$first" '<' "X$earliest" >/dev/null; }; then
    earliest=$first
  fi
done
if [ -z "$usable" ]; then
  echo "it has nothing as early as $moment${earliest:+; the earliest transaction is $(at "$earliest")$why}" >&2
  exit 1
fi

last=${found%% *}
newest=${found##* }
after=
for log in $(logs); do
  if [ -n "$after" ]; then rm "$log"; fi
  if [ "$log" = "$newest" ]; then after=yes; fi
done
# The tool does not cut behind a log's last transaction.
if [ "$(grep -F " $newest" transactions | tail -n 1)" != "$found" ]; then
  tool org.apache.zookeeper.server.util.LogChopper "$(hexadecimal "$last")" "$newest" chopped >chop.out 2>&1 || {
    echo "$newest cannot be cut: $(grep -v ServiceUtils chop.out | tail -n 1)" >&2
    exit 1
  }
  mv chopped "$newest"
fi
echo "its last transaction is now $(at "$found"); $later later ones are left out" >&2

set --
for file in version-2/* log/version-2/*; do
  set -- "$@" "$file"
done
sha256sum "$@" >SHA256SUMS
tar -czf - --sparse --no-recursion SHA256SUMS "$@"
