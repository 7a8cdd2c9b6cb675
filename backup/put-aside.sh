#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/put-aside.sh POD

Repairs a server, such as zk-1, that cannot start because its files are damaged. The command renames its data on its
volume to data.damaged-TIME, and starts it without data; the server receives the whole database from the leader. The
command changes nothing if the server can start, or if the other servers have no quorum: acknowledged writes may then be
on this volume alone. The command uses kubectl's current context.

Environment variables:
  NAMESPACE  the ensemble's namespace (default: default)
  NAME       the ensemble's name (default: zk)
EOF
}

. "$(dirname "$0")/ensemble.sh"

recover() {
  :
}

check_pod() {
  n=${damaged#"$name-"}
  if [ "$damaged" != "$name-$n" ] || ! is_number "$n" || [ "$n" -ge "$count" ]; then
    add_error "POD \"$(printable "$damaged")\": is not a server of $name; use one such as $name-1"
  fi
}

# Waits until the server has failed to start. Then it does not write to the volume.
await_crash() {
  case $(kubectl get pod "$damaged" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') in
  True)
    add_error "POD $damaged: serves, so its files are intact; to find the damaged one: kubectl get pods -l app=$name"
    return 0
    ;;
  esac
  kubectl wait '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff' "pod/$damaged" \
    --timeout=2m >"$work/out" 2>"$work/err" ||
    add_error "POD $damaged: is not in CrashLoopBackOff, so it may still start; see its log: kubectl logs $damaged"
}

check_others() {
  serving=0
  for other in $(ordinals); do
    if [ "$name-$other" = "$damaged" ]; then
      continue
    fi
    answer=$(kubectl exec "$name-$other" -- sh -c 'printf srvr | nc -w 3 127.0.0.1 2181' 2>"$work/err") || true
    case $answer in *Mode:*) serving=$((serving + 1)) ;; esac
  done
  if [ "$serving" -le $((count / 2)) ]; then
    add_error "POD $damaged: only $serving of the other servers serve, which is no quorum of $count." \
      "Acknowledged writes may be on this volume alone; see \"Quorum is lost\" in docs/runbook.md"
  fi
}

one_argument POD "$@"
damaged=$argument
begin
check_settings
stop_on_errors

find_ensemble
check_pod
stop_on_errors
await_crash
check_others
stop_on_errors
node=$(kubectl get pod "$damaged" -o 'jsonpath={.spec.nodeName}')
case $node in '' | *[!a-z0-9.-]*) add_error "POD $damaged: the name of its node is \"$(printable "$node")\"" ;; esac
stop_on_errors
take_lock

hold_volume "$n" "$node"
await_pod "$name-backup-$n"
# Check again, because this may have changed meanwhile.
await_crash
check_others
stop_on_errors
time=$(date -u +%Y%m%dT%H%M%SZ)
run_in "$name-backup-$n" put-aside /dev/null "$work/out" /volume "$time"
release_pods
# The kubelet waits up to five minutes before it restarts a container; a new pod starts at once.
kubectl delete pod "$damaged" >"$work/out"
kubectl wait "--for=jsonpath={.status.readyReplicas}=$((ready + 1))" "statefulset/$name" --timeout=10m >"$work/out"
say "$damaged has received the leader's database. Its earlier data is in data.damaged-$time"
