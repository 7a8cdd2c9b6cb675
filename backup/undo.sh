#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/undo.sh [TIME]

Puts back the data that a restore replaced at TIME, on every server. Without TIME, it puts back what was replaced last.
The command stops all servers; the ensemble does not serve until it is done. The current data is kept, so that this can
be undone, too. The command changes nothing unless every server has kept data of TIME. If it is killed, run it again to
complete the exchange. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
  SERVERS    how many servers the ensemble had, if the cluster does not say
EOF
}

. "$(dirname "$0")/ensemble.sh"
. "$here/replace.sh"

# choose_time ORDINAL...: sets `kept` to the time to which these servers return, or adds an error.
choose_time() {
  kept=$(awk -v wanted="$wanted" -v ordinals="$*" -v count="$count" -v name="$name" '
    $2 == "kept" { at[$3, $1] = 1; times[$3] = 1; if ($4 >= 2 * count) large[$3] = $4 }
    END {
      n = split(ordinals, asked, " ")
      for (time in times) if (time > last) last = time
      if (wanted == "") wanted = last
      if (wanted == "") { print "no server has kept earlier data; nothing was restored in this ensemble"; exit }
      for (i = 1; i <= n; i++) if (!((wanted, asked[i]) in at)) missing = missing " " name "-" asked[i]
      if (missing != "") {
        for (time in times) {
          all = 1
          for (i = 1; i <= n; i++) if (!((time, asked[i]) in at)) all = 0
          if (all) others = others " " time
        }
        print "TIME " wanted ": these servers have kept no data of that time:" missing "; " \
          (others == "" ? "there is no time of which all servers have kept data" : "use one that all have kept:" others)
      } else if (wanted in large) {
        print "TIME " wanted ": the ensemble had " large[wanted] " servers then and has " count " now, and writes " \
          "acknowledged by " int(large[wanted] / 2) + 1 " of them may be on none of these; " \
          "go back to " large[wanted] " servers first"
      } else print "kept", wanted
    }' "$work/states")
  case $kept in
  "kept "*) kept=${kept#kept } ;;
  *) add_error "$kept" ;;
  esac
}

# Asks the running servers which data they have kept. Sets `asked` to their ordinals.
ask_servers() {
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
case $wanted in *[!0-9TZ]*) add_error "TIME \"$(printable "$wanted")\": is not a time such as 20250131T120000Z" ;; esac
stop_on_errors

find_ensemble
check_servers
stop_on_errors
ask_servers
if [ -n "$asked" ]; then
  choose_time $asked
  stop_on_errors
fi
take_lock

stop_and_hold
put_back=$(unserved | sed -n 's/^[^ ]* undo-//p')
if [ -n "$put_back" ] && [ "${wanted:-$put_back}" = "$put_back" ]; then
  # An earlier run was interrupted after the exchange.
  kept=$put_back
  time=$(unserved | cut -d ' ' -f 1)
else
  choose_time $(ordinals)
  stop_on_errors "nothing was replaced"
  exchange "undo-$kept" stage_kept "data.replaced-$kept"
fi
start
say "put back the data that was replaced at $kept, on $count servers. Their other data is in data.replaced-$time;" \
  "to put that back: backup/undo.sh $time"
