#!/bin/sh
set -eu

usage() {
  cat <<'EOF'
usage: backup/put-aside.sh POD

For a server that cannot start because its files are damaged, such as zk-1: puts its data aside on its volume, as
data.damaged-TIME, and starts it again without any. It receives the whole database from the leader. It refuses where the
other servers have no quorum, as acknowledged writes could then be on this volume alone, and where the server can start.

Environment: NAMESPACE (default: default) and NAME (default: zk) say which ensemble. kubectl's current context is used.
EOF
}

. "$(dirname "$0")/ensemble.sh"

put_right() {
  :
}

check_pod() {
  n=${damaged#"$name-"}
  if [ "$damaged" != "$name-$n" ] || ! is_number "$n" || [ "$n" -ge "$count" ]; then
    fault "POD \"$(shown "$damaged")\": is not a server of $name; name one such as $name-1"
  fi
}

# Waits until the server has failed to start, so that it does not write to the volume.
await_crash() {
  case $(kubectl get pod "$damaged" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') in
  True)
    fault "POD $damaged: serves, so its files are whole; look which server does not: kubectl get pods -l app=$name"
    return 0
    ;;
  esac
  kubectl wait '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff' "pod/$damaged" \
    --timeout=2m >"$work/out" 2>"$work/err" ||
    fault "POD $damaged: is not in CrashLoopBackOff, as a server is that cannot start; its log says what it waits for"
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
    fault "POD $damaged: $serving of the other servers serve, which is no quorum of $count." \
      "Acknowledged writes may be on this volume alone; see \"Quorum is lost\" in docs/runbook.md"
  fi
}

one_argument POD "$@"
damaged=$argument
begin
check_settings
refuse_faults

find_ensemble
check_pod
refuse_faults
await_crash
check_others
refuse_faults
node=$(kubectl get pod "$damaged" -o 'jsonpath={.spec.nodeName}')
case $node in '' | *[!a-z0-9.-]*) fault "POD $damaged: its node's name is \"$(shown "$node")\"" ;; esac
refuse_faults
take_lock

hold_volume "$n" "$node"
await_pod "$name-backup-$n"
# This may have changed meanwhile.
await_crash
check_others
refuse_faults
time=$(date -u +%Y%m%dT%H%M%SZ)
run_in "$name-backup-$n" put-aside /dev/null "$work/out" /volume "$time"
release_pods
# The kubelet waits up to five minutes before it restarts a container; a new pod starts at once.
kubectl delete pod "$damaged" >"$work/out"
kubectl wait "--for=jsonpath={.status.readyReplicas}=$((ready + 1))" "statefulset/$name" --timeout=10m >"$work/out"
say "$damaged has the leader's database. What it had is kept in data.damaged-$time"
