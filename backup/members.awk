# What belongs to a backup: its members' types, a line each as `tar -tv` prints them, and then their names. A line of
# output is `file NAME`, `fault NAME: REASON`, or `hint TEXT`.
FNR == NR {
  type[FNR] = substr($0, 1, 1)
  next
}
{
  name = $0
  folder = sub(/\/$/, "", name)
  reason = ""
  if (name ~ /^\// || ("/" name "/") ~ /\/\.\.\//) reason = "leads out of the folder"
  else if (type[FNR] == "l") reason = "is a symbolic link"
  else if (type[FNR] == "h") reason = "is a hard link"
  else if (type[FNR] == "c" || type[FNR] == "b") reason = "is a device"
  else if (type[FNR] == "p") reason = "is a pipe"
  else if (type[FNR] != "-" && type[FNR] != "d") reason = "is neither a file nor a folder"
  else if (seen[name]++) reason = "is there more than once"
  else if (type[FNR] == "d" || folder) {
    if (name != "version-2" && name != "log" && name != "log/version-2")
      reason = foreign("is a folder that is no part of a backup")
  } else if (name ~ /^version-2\/snapshot\./ && is_zxid(substr(name, 20))) snapshots++
  else if (name ~ /^log\/version-2\/log\./ && is_zxid(substr(name, 19))) logs++
  else if (name ~ /^version-2\/log\./) {
    reason = "is a transaction log beside the snapshots, and a server here looks for it in log/version-2"
    together = 1
  } else if (name ~ /^log\/version-2\/snapshot\./) {
    reason = "is a snapshot beside the transaction logs, and a server here looks for it in version-2"
    together = 1
  } else if (name !~ /^version-2\/(currentEpoch|acceptedEpoch)$/ && name != "SHA256SUMS")
    reason = foreign("is no part of a backup")
  if (reason != "") print "fault " name ": " reason
  else if (type[FNR] == "-") print "file " name
}
END {
  if (together) print "hint docs/backup.md has the commands that sort logs and snapshots into two folders"
  if (others)
    print "hint a backup is what `tar -C data -czf FILE version-2 log/version-2` packs of a stopped server, nothing else"
  if (!snapshots) print "fault version-2: has no snapshot.ZXID; use a backup that save.sh has made"
  if (!logs && !together)
    print "fault log/version-2: has no log.ZXID, so what was written after the snapshot is missing;" \
      " use a backup that save.sh has made"
}
function foreign(reason) {
  others = 1
  return reason
}
# A transaction id as ZooKeeper writes it: 63 bits in hexadecimal.
function is_zxid(text) {
  return text ~ /^(0|[1-9a-f][0-9a-f]*)$/ && (length(text) < 16 || (length(text) == 16 && text ~ /^[1-7]/))
}
