#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/undo.sh [TIME]

Puts back what a restore has replaced at TIME, on every server; without TIME, what was replaced last. It stops all
servers, and nobody is served until it is done. What they have now is kept in turn, so that this can be undone, too. It
refuses where not every server has kept something at TIME. A run that was killed is finished by the same command.

Environment: NAMESPACE (default: default) and NAME (default: zk) say which ensemble, SERVERS how many servers it had where
that is not noted in the cluster. kubectl's current context is used.
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/replace.sh"

# choose ORDINAL...: sets `kept` to the time that these servers go back to, or adds a fault.
choose() {
  kept=$(awk -v wanted="$wanted" -v ordinals="$*" -v count="$count" -v name="$name" '
    $2 == "kept" { at[$3, $1] = 1; times[$3] = 1; if ($4 >= 2 * count) large[$3] = $4 }
    END {
      n = split(ordinals, asked, " ")
      for (time in times) if (time > last) last = time
      if (wanted == "") wanted = last
      if (wanted == "") { print "no server has kept anything; nothing was restored here"; exit }
      for (i = 1; i <= n; i++) if (!((wanted, asked[i]) in at)) missing = missing " " name "-" asked[i]
      if (missing != "") {
        for (time in times) {
          all = 1
          for (i = 1; i <= n; i++) if (!((time, asked[i]) in at)) all = 0
          if (all) others = others " " time
        }
        print "TIME " wanted ": nothing is kept of that time on" missing "; " \
          (others == "" ? "no time is kept on all of them" : "kept on all of them:" others)
      } else if (wanted in large) {
        print "TIME " wanted ": there were " large[wanted] " servers then and are " count " now, and what " \
          int(large[wanted] / 2) + 1 " of them acknowledged could be on none of these; " \
          "go back to " large[wanted] " servers first"
      } else print "kept", wanted
    }' "$work/states")
  case $kept in
  "kept "*) kept=${kept#kept } ;;
  *) fault "$kept" ;;
  esac
}

# Asks the servers that run what they have kept. Sets `asked` to their ordinals.
ask() {
  asked=
  for n in $(ordinals); do
    if run_once "$name-$n" state /dev/null "$work/state" /var/lib/zookeeper 2>"$work/err"; then
      asked="$asked $n"
      sed "s/^/$n /" "$work/state"
    fi
  done >"$work/states"
}

stage_kept() {
  run_in "$name-backup-$1" stage-kept /dev/null "$work/out" /volume "$2" "undo-$kept" "$kept"
}

one_argument "" "$@"
wanted=${argument#data.replaced-}
begin
check_settings
case $wanted in *[!0-9TZ]*) fault "TIME \"$(shown "$wanted")\": is not a time such as 20250131T120000Z" ;; esac
refuse_faults

find_ensemble
check_servers
refuse_faults
ask
if [ -n "$asked" ]; then
  choose $asked
  refuse_faults
fi
take_lock

stop_and_hold
put_back=$(unserved | sed -n 's/^[^ ]* undo-//p')
if [ -n "$put_back" ] && [ "${wanted:-$put_back}" = "$put_back" ]; then
  # An earlier run was cut off after the exchange.
  kept=$put_back
  time=$(unserved | cut -d ' ' -f 1)
else
  choose $(ordinals)
  refuse_faults "nothing was replaced"
  exchange "undo-$kept" stage_kept "data.replaced-$kept"
fi
start
say "$count servers have back what was replaced at $kept. What they had is kept in data.replaced-$time:" \
  "backup/undo.sh $time puts that back"
