# Checks which members of an archive belong to a backup. The first input has their types, one line for each as `tar -tv`
# prints them; the second has their names. An output line is `file NAME`, `error NAME: REASON`, or `hint TEXT`.
FNR == NR {
  type[FNR] = substr($0, 1, 1)
  next
}
{
  name = $0
  folder = sub(/\/$/, "", name)
  reason = ""
  if (name ~ /^\// || ("/" name "/") ~ /\/\.\.\//) reason = "leads outside the folder"
  else if (type[FNR] == "l") reason = "is a symbolic link"
  else if (type[FNR] == "h") reason = "is a hard link"
  else if (type[FNR] == "c" || type[FNR] == "b") reason = "is a device"
  else if (type[FNR] == "p") reason = "is a pipe"
  else if (type[FNR] != "-" && type[FNR] != "d") reason = "is neither a file nor a folder"
  else if (seen[name]++) reason = "occurs more than once"
  else if (type[FNR] == "d" || folder) {
    if (name != "version-2" && name != "log" && name != "log/version-2")
      reason = foreign("is a folder that does not belong to a backup")
  } else if (name ~ /^version-2\/snapshot\./ && is_zxid(substr(name, 20))) snapshots++
  else if (name ~ /^log\/version-2\/log\./ && is_zxid(substr(name, 19))) logs++
  else if (name ~ /^version-2\/log\./) {
    reason = "is a transaction log beside the snapshots, but it must be in log/version-2"
    together = 1
  } else if (name ~ /^log\/version-2\/snapshot\./) {
    reason = "is a snapshot beside the transaction logs, but it must be in version-2"
    together = 1
  } else if (name !~ /^version-2\/(currentEpoch|acceptedEpoch)$/ && name != "SHA256SUMS")
    reason = foreign("does not belong to a backup")
  if (reason != "") print "error " name ": " reason
  else if (type[FNR] == "-") print "file " name
}
END {
  if (together) print "hint to sort logs and snapshots into two folders, use the commands in docs/backup.md"
  if (others)
    print "hint a backup contains only what this packs of a stopped server: tar -C data -czf FILE version-2 log/version-2"
  if (!snapshots) print "error version-2: has no snapshot.ZXID; use a backup created by save.sh"
  if (!logs && !together)
    print "error log/version-2: has no log.ZXID, so the writes after the snapshot are missing;" \
      " use a backup created by save.sh"
}
function foreign(reason) {
  others = 1
  return reason
}
# Whether this is a transaction id as ZooKeeper writes it: 63 bits in hexadecimal.
function is_zxid(text) {
  return text ~ /^(0|[1-9a-f][0-9a-f]*)$/ && (length(text) < 16 || (length(text) == 16 && text ~ /^[1-7]/))
}
