# Sourced by every command: reads the settings, reports faults, stops and starts servers, makes pods that hold volumes.
# A command reports everything that is at fault at once, before it touches anything.

# Patterns match bytes, messages are English, and no options for tar come from the environment.
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS GZIP CDPATH
# A backup holds every znode, whatever its ACL says.
umask 077

program=${0##*/}
program=${program%.sh}
here=$(dirname "$0")
work=
faults=
locked=

say() {
  printf '%s: %s\n' "$program" "$*" >&2
}

# Prints untrusted text without its control characters.
shown() {
  printf '%s' "$1" | tr -c '[:print:]' '?'
}

fault() {
  faults="$faults  $*
"
}

# refuse_faults [TEXT]: ends the command where something is at fault.
refuse_faults() {
  if [ -n "$faults" ]; then
    say "refused, and ${1:-nothing was touched}:"
    printf '%s' "$faults" >&2
    exit 1
  fi
}

misused() {
  say "$*"
  usage >&2
  exit 2
}

# one_argument REQUIRED ARGUMENT...: sets `argument`, or prints the usage. REQUIRED is its name, empty if it is optional.
one_argument() {
  required=$1
  shift
  argument=
  case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
  --) shift ;;
  -*) misused "there is no option $(shown "$1")" ;;
  esac
  [ $# -le 1 ] || misused "one argument, not $#"
  argument=${1-}
  if [ -n "$required" ] && [ -z "$argument" ]; then
    misused "$required is missing"
  fi
  # Other programs must not take it for an option.
  case $argument in -*) argument=./$argument ;; esac
}

# Makes a private folder for this run, and has `finish` tidy up. Each command defines put_right, which restores order
# after a failure.
begin() {
  trap finish EXIT
  heed_signals
  work=$(mktemp -d)
}

heed_signals() {
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

finish() {
  code=$?
  trap - EXIT
  # A second Ctrl-C must not interrupt this.
  trap '' HUP INT TERM
  set +e
  release_pods
  put_right "$code"
  rm -rf "$work"
  if [ "$code" -eq "$failed" ]; then
    code=1
  fi
  exit "$code"
}

is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ????*) return 1 ;; esac
}

is_label() {
  case $1 in '' | *[!a-z0-9-]* | -* | *-) return 1 ;; esac
  [ ${#1} -le 63 ]
}

check_settings() {
  name=${NAME:-zk}
  namespace=${NAMESPACE:-default}
  is_label "$name" ||
    fault "NAME \"$(shown "$name")\": is not a DNS label; use the ensemble's name, such as zk"
  is_label "$namespace" ||
    fault "NAMESPACE \"$(shown "$namespace")\": is not a DNS label; use the ensemble's namespace, such as default"
  if [ -n "${SERVERS-}" ] && { ! is_number "$SERVERS" || [ "$SERVERS" -eq 0 ]; }; then
    fault "SERVERS \"$(shown "$SERVERS")\": is not a number of servers; leave it out, or use one such as 3"
  fi
  command -v kubectl >"$work/out" ||
    fault "kubectl: is not in PATH; install it, or on the local GKE: eval \"\$(npm run -s env)\""
}

kubectl() {
  command kubectl --namespace "$namespace" "$@"
}

# field JSONPATH: a field of the StatefulSet.
field() {
  kubectl get statefulset "$name" -o "jsonpath=$1"
}

# Reads the StatefulSet: `count` is how many servers the ensemble has, `replicas` how many are to run now.
find_ensemble() {
  numbers='{.spec.replicas}|{.status.readyReplicas}|{.metadata.annotations.zookeeper/servers}'
  numbers=$numbers'|{.spec.template.spec.terminationGracePeriodSeconds}'
  rollout='{.spec.updateStrategy.type}|{.spec.updateStrategy.rollingUpdate.partition}'
  rollout=$rollout'|{.status.currentRevision}|{.status.updateRevision}'
  found=$(field "$numbers|$rollout") || {
    say "cannot read StatefulSet $name in namespace $namespace; NAME and NAMESPACE say which ensemble," \
      "kubectl's current context which cluster"
    exit 1
  }
  image=$(field '{.spec.template.spec.containers[0].image}')
  IFS='|' read -r replicas ready listed grace strategy partition current update <<EOF
$found
EOF
  # It goes into a pod's manifest. Anybody who may edit the StatefulSet can have written it.
  case $image in
  [!A-Za-z0-9]* | *[!A-Za-z0-9._/:@-]* | '')
    fault "the image of StatefulSet $name, \"$(shown "$image")\": is not an image reference; set it back with pulumi up"
    ;;
  esac
  is_number "$replicas" || fault "StatefulSet $name: its number of replicas is \"$(shown "$replicas")\""
  is_number "$grace" || grace=60
  patience=$((grace + 180))s
  ready=${ready:-0}
  # The number that the configuration lists. The StatefulSet may have been scaled since.
  is_number "$listed" || listed=
  count=${listed:-$replicas}
}

ordinals() {
  ordinal=0
  while [ "$ordinal" -lt "$count" ]; do
    echo "$ordinal"
    ordinal=$((ordinal + 1))
  done
}

rolling_out() {
  [ "$strategy" = RollingUpdate ] && [ "${partition:-0}" = 0 ] && [ "$current" != "$update" ]
}

# stop_from N: stops the servers from ordinal N on. It fails if somebody has scaled the StatefulSet meanwhile.
stop_from() {
  kubectl scale statefulset "$name" "--current-replicas=$replicas" "--replicas=$1" >"$work/out"
  stopping=$1
  while [ "$stopping" -lt "$replicas" ]; do
    kubectl wait --for=delete "pod/$name-$stopping" "--timeout=$patience" >"$work/out"
    stopping=$((stopping + 1))
  done
  # start_all waits for the number of Ready servers: it must not see the one from before.
  kubectl wait "--for=jsonpath={.status.replicas}=$1" "statefulset/$name" "--timeout=$patience" >"$work/out"
}

# `kubectl rollout status` supports neither OnDelete nor a partition.
start_all() {
  kubectl scale statefulset "$name" "--replicas=$count" >"$work/out"
  kubectl wait "--for=jsonpath={.status.readyReplicas}=$count" "statefulset/$name" --timeout=10m >"$work/out"
}

# Only one command works on an ensemble at a time: its first pod, NAME-backup, is the lock. The pods of a run that was
# killed on this machine are deleted.
take_lock() {
  run=$(uname -n | tr -cd 'A-Za-z0-9.-')/$$
  for other in $(kubectl get pods -l "zookeeper/backup-of=$name" \
    -o 'jsonpath={range .items[*]}{.metadata.annotations.zookeeper/backup-run}{"\n"}{end}' |
    tr -cd 'A-Za-z0-9./\n-' | sort -u); do
    if [ "${other%/*}" != "${run%/*}" ] || runs "${other##*/}"; then
      say "another command works on $name: process ${other##*/} on ${other%/*}. Wait for it." \
        "If it does not run any more: kubectl --namespace $namespace delete pod -l zookeeper/backup-of=$name"
      exit 1
    fi
    kubectl delete pod -l "zookeeper/backup-of=$name" >"$work/out"
  done
  make_pod "$name-backup" '{"name": "volume", "emptyDir": {}}' || {
    say "another command has begun to work on $name at the same time; wait for it"
    exit 1
  }
  locked=yes
  await_pod "$name-backup"
}

runs() {
  is_pid "$1" && { kill -0 "$1" 2>"$work/out" || [ -d "/proc/$1" ]; }
}

is_pid() {
  case $1 in '' | *[!0-9]* | ???????????*) return 1 ;; esac
}

# make_pod NAME VOLUME [NODE]: kubectl puts the values into the manifest. All of them have been checked before.
make_pod() {
  kubectl patch --local -f "$here/pod.yaml" --type=json -o json -p "[
    {\"op\": \"replace\", \"path\": \"/metadata/name\", \"value\": \"$1\"},
    {\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {\"zookeeper/backup-of\": \"$name\"}},
    {\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {\"zookeeper/backup-run\": \"$run\"}},
    {\"op\": \"replace\", \"path\": \"/spec/containers/0/image\", \"value\": \"$image\"},
    {\"op\": \"replace\", \"path\": \"/spec/volumes/0\", \"value\": $2}
    ${3:+, {\"op\": \"add\", \"path\": \"/spec/nodeName\", \"value\": \"$3\"\}}
  ]" >"$work/pod.json"
  kubectl create -f "$work/pod.json" >"$work/out"
}

await_pod() {
  kubectl wait --for=condition=Ready "pod/$1" --timeout=5m >"$work/out" || {
    say "pod $1 does not start; kubectl --namespace $namespace describe pod $1 says why"
    exit 1
  }
}

# hold_volume N [NODE]: starts a pod that holds the volume of the server with this ordinal.
hold_volume() {
  make_pod "$name-backup-$1" \
    "{\"name\": \"volume\", \"persistentVolumeClaim\": {\"claimName\": \"datadir-$name-$1\"}}" "${2-}"
}

# What a script of in-pod/ ends with where it fails itself. kubectl ends with another code where it loses the connection.
failed=77

# run_once POD SCRIPT INPUT OUTPUT ARGUMENT...: runs a script of in-pod/ in a pod, with files as its input and output.
run_once() {
  pod=$1
  script=$2
  input=$3
  output=$4
  shift 4
  kubectl exec -i "$pod" -- sh -c "sh -euc \"\$@\" || exit $failed" sh "$(cat "$here/in-pod/$script.sh")" "$script" "$@" \
    <"$input" >"$output"
}

# run_in POD SCRIPT INPUT OUTPUT ARGUMENT...: the same, and tries again where the connection is lost. Every script can be
# run again.
run_in() {
  tries=3
  while :; do
    code=0
    run_once "$@" || code=$?
    if [ "$code" -eq 0 ] || [ "$code" -eq "$failed" ]; then
      return "$code"
    fi
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
      say "pod $1 cannot be reached"
      return "$code"
    fi
    sleep 2
  done
}

# Deletes the pods of this run, and no others.
release_pods() {
  if [ -n "$locked" ]; then
    kubectl delete pod -l "zookeeper/backup-of=$name" --ignore-not-found >"$work/out"
    locked=
  fi
}
