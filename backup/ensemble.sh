# Sourced by every command. It reads the settings, reports errors, stops and starts servers, and creates pods that hold
# volumes. A command reports all errors at once, before it touches anything.

# Patterns match bytes, messages are in English, and tar takes no options from the environment.
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS GZIP CDPATH
# A backup holds every znode, whatever its ACL says.
umask 077

program=${0##*/}
program=${program%.sh}
here=$(dirname "$0")
work=
errors=
locked=

say() {
  printf '%s: %s\n' "$program" "$*" >&2
}

# printable TEXT: prints untrusted text without its control characters.
printable() {
  printf '%s' "$1" | tr -c '[:print:]' '?'
}

add_error() {
  errors="$errors  $*
"
}

# stop_on_errors [TEXT]: if there are errors, prints them and exits.
stop_on_errors() {
  if [ -n "$errors" ]; then
    say "rejected; ${1:-nothing was touched}:"
    printf '%s' "$errors" >&2
    exit 1
  fi
}

usage_error() {
  say "$*"
  usage >&2
  exit 2
}

# check_option ARGUMENT: prints the usage if it asks for that, and rejects other options but `--`.
check_option() {
  case $1 in
  -h | --help)
    usage
    exit 0
    ;;
  --) ;;
  -*) usage_error "unknown option $(printable "$1")" ;;
  esac
}

# one_argument REQUIRED ARGUMENT...: sets `argument`, or prints the usage. REQUIRED is the argument's name, or empty if
# the argument is optional.
one_argument() {
  required=$1
  shift
  argument=
  check_option "${1-}"
  [ "${1-}" != -- ] || shift
  [ $# -le 1 ] || usage_error "expected one argument, got $#"
  argument=${1-}
  if [ -n "$required" ] && [ -z "$argument" ]; then
    usage_error "$required is missing"
  fi
  # Other programs must not interpret it as an option.
  case $argument in -*) argument=./$argument ;; esac
}

# Creates a private folder for this run, and registers `finish` to clean up. Each command defines recover, which
# `finish` calls with the exit code.
begin() {
  trap finish EXIT
  handle_signals
  work=$(mktemp -d)
}

handle_signals() {
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
  recover "$code"
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
    add_error "NAME \"$(printable "$name")\": is not a DNS label; use one such as zk"
  is_label "$namespace" ||
    add_error "NAMESPACE \"$(printable "$namespace")\": is not a DNS label; use one such as default"
  if [ -n "${SERVERS-}" ] && { ! is_number "$SERVERS" || [ "$SERVERS" -eq 0 ]; }; then
    add_error "SERVERS \"$(printable "$SERVERS")\": is not a number of servers; leave it out, or use one such as 3"
  fi
  command -v kubectl >"$work/out" ||
    add_error "kubectl: is not in PATH; install it, or on the local GKE: eval \"\$(npm run -s env)\""
}

kubectl() {
  command kubectl --namespace "$namespace" "$@"
}

# field JSONPATH: a field of the StatefulSet.
field() {
  kubectl get statefulset "$name" -o "jsonpath=$1"
}

# Reads the StatefulSet. `count` is the number of servers of the ensemble, `replicas` how many of them should run now.
find_ensemble() {
  numbers='{.spec.replicas}|{.status.readyReplicas}|{.metadata.annotations.zookeeper/servers}'
  numbers=$numbers'|{.spec.template.spec.terminationGracePeriodSeconds}'
  rollout='{.spec.updateStrategy.type}|{.spec.updateStrategy.rollingUpdate.partition}'
  rollout=$rollout'|{.status.currentRevision}|{.status.updateRevision}'
  found=$(field "$numbers|$rollout") || {
    say "cannot read StatefulSet $name in namespace $namespace; check NAME, NAMESPACE and kubectl's current context"
    exit 1
  }
  image=$(field '{.spec.template.spec.containers[0].image}')
  IFS='|' read -r replicas ready listed grace strategy partition current update <<EOF
$found
EOF
  # The image goes into a pod's manifest. Anybody who may edit the StatefulSet may have written it.
  case $image in
  [!A-Za-z0-9]* | *[!A-Za-z0-9._/:@-]* | '')
    add_error "StatefulSet $name: image \"$(printable "$image")\" is not an image reference; restore it with pulumi up"
    ;;
  esac
  is_number "$replicas" ||
    add_error "StatefulSet $name: spec.replicas is \"$(printable "$replicas")\"; restore it with pulumi up"
  is_number "$grace" || grace=60
  patience=$((grace + 180))s
  ready=${ready:-0}
  # The number of servers in zoo.cfg. The StatefulSet may have been scaled since.
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

# stop_from N: stops the servers with ordinal N and higher. It fails if somebody has scaled the StatefulSet meanwhile.
stop_from() {
  kubectl scale statefulset "$name" "--current-replicas=$replicas" "--replicas=$1" >"$work/out"
  stopping=$1
  while [ "$stopping" -lt "$replicas" ]; do
    kubectl wait --for=delete "pod/$name-$stopping" "--timeout=$patience" >"$work/out"
    stopping=$((stopping + 1))
  done
  # start_all waits for the number of Ready servers, and must not see an outdated number.
  kubectl wait "--for=jsonpath={.status.replicas}=$1" "statefulset/$name" "--timeout=$patience" >"$work/out"
}

# Starts all servers. `kubectl rollout status` supports neither OnDelete nor a partition; so this waits for
# readyReplicas.
start_all() {
  kubectl scale statefulset "$name" "--replicas=$count" >"$work/out"
  kubectl wait "--for=jsonpath={.status.readyReplicas}=$count" "statefulset/$name" --timeout=10m >"$work/out"
}

# Only one command may work on an ensemble at a time. Its first pod, NAME-backup, is the lock. If a run on this machine
# was killed, its pods are deleted.
take_lock() {
  run=$(uname -n | tr -cd 'A-Za-z0-9.-')/$$
  for other in $(kubectl get pods -l "zookeeper/backup-of=$name" \
    -o 'jsonpath={range .items[*]}{.metadata.annotations.zookeeper/backup-run}{"\n"}{end}' |
    tr -cd 'A-Za-z0-9./\n-' | sort -u); do
    if [ "${other%/*}" != "${run%/*}" ] || runs "${other##*/}"; then
      say "another command works on $name: process ${other##*/} on ${other%/*}. Wait until it ends." \
        "If it no longer runs: kubectl --namespace $namespace delete pod -l zookeeper/backup-of=$name"
      exit 1
    fi
    kubectl delete pod -l "zookeeper/backup-of=$name" >"$work/out"
  done
  create_pod "$name-backup" '{"name": "volume", "emptyDir": {}}' || {
    say "another command has started to work on $name at the same time; wait until it ends"
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

# create_pod NAME VOLUME [NODE]: creates a pod. kubectl inserts the values, which were all validated, into the manifest.
create_pod() {
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
    say "pod $1 does not start; to see why: kubectl --namespace $namespace describe pod $1"
    exit 1
  }
}

# hold_volume N [NODE]: starts a pod that holds the volume of the server with this ordinal.
hold_volume() {
  create_pod "$name-backup-$1" \
    "{\"name\": \"volume\", \"persistentVolumeClaim\": {\"claimName\": \"datadir-$name-$1\"}}" "${2-}"
}

# The exit code if a script fails. If kubectl loses the connection, it exits with another code.
failed=77

# content SCRIPT: prints a script that runs in a pod. Scheduled backups use some of them, too.
content() {
  if [ -e "$here/in-pod/$1.sh" ]; then
    cat "$here/in-pod/$1.sh"
  else
    cat "$here/../components/backup/scripts/$1.sh"
  fi
}

# run_once POD SCRIPT INPUT OUTPUT ARGUMENT...: runs a script in a pod. INPUT and OUTPUT are files.
run_once() {
  pod=$1
  script=$2
  input=$3
  output=$4
  shift 4
  kubectl exec -i "$pod" -- sh -c "sh -euc \"\$@\" || exit $failed" sh "$(content "$script")" "$script" "$@" \
    <"$input" >"$output"
}

# run_in POD SCRIPT INPUT OUTPUT ARGUMENT...: the same, but retries if the connection is lost. Every script may be run
# more than once.
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

# Deletes the pods of this run only.
release_pods() {
  if [ -n "$locked" ]; then
    kubectl delete pod -l "zookeeper/backup-of=$name" --ignore-not-found >"$work/out"
    locked=
  fi
}
