#!/bin/sh
# Simulates kubectl. The cluster is the folder $CLUSTER. A server's volume is the folder volumes/N, that with scheduled
# backups is volumes/backups, and a pod of the backup commands is a folder pods/NAME. Commands in a pod run on this
# machine, with these folders. If a call matches the pattern in one of these variables:
#   FAULT      the call fails
#   ONCE       the call fails the first time
#   INTERRUPT  the backup command receives SIGINT
#   MEANWHILE  somebody starts servers
set -eu
[ "$1" = --namespace ]
shift 2
# The call as one line, without scripts and manifests.
call=
for word in "$@"; do
  case $word in *"
"*) word=... ;; esac
  call="$call $word"
done
call=${call# }
echo "$call" >>"$CLUSTER/calls"
case $call in
${INTERRUPT:-none}) kill -INT "$PPID" ;;
${ONCE:-none})
  if [ ! -e "$CLUSTER/failed" ]; then
    touch "$CLUSTER/failed"
    exit 1
  fi
  ;;
${FAULT:-none})
  echo "$call: it fails" >&2
  exit 1
  ;;
esac
case $call in
${MEANWHILE:-none}) echo 3 >"$CLUSTER/replicas" ;;
esac
replicas=$(cat "$CLUSTER/replicas")

value() {
  cat "$CLUSTER/$1" 2>/dev/null || printf %s "$2"
}

# patched PATH FILE: prints the patch's value at a path.
patched() {
  sed -n "s|.*\"path\": \"$1\", \"value\": \"\([^\"]*\)\".*|\1|p" "$2"
}

case $call in
"get statefulset zk -o jsonpath="*terminationGrace*)
  echo "$replicas|$(value ready "$replicas")|$(value listed 3)|60|$(value strategy 'RollingUpdate||a|a')"
  ;;
*.image*) value image docker.io/library/zookeeper:3.9.5 ;;
*ZK_SERVER_HEAP*) printf 512 ;;
*SERVER_JVMFLAGS*) printf %s -Dsome=flag ;;
"get statefulset zk -o jsonpath={.spec.replicas}/{.status.replicas}") printf "$replicas/$replicas" ;;
"get persistentvolumeclaims "*)
  for word in "$@"; do
    case $word in
    datadir-zk-*)
      [ -d "$CLUSTER/volumes/${word#datadir-zk-}" ] || {
        echo "Error from server (NotFound): persistentvolumeclaims \"$word\" not found" >&2
        exit 1
      }
      ;;
    esac
  done
  ;;
"get pods -l zookeeper/backup-of=zk "*) cat "$CLUSTER"/pods/*/run 2>/dev/null || true ;;
"get pod zk-"*type*Ready*) value "ready-$3" False ;;
"get pod zk-"*nodeName*) printf node-1 ;;
"patch --local "*)
  while [ "$1" != -p ]; do shift; done
  printf '%s\n' "$2"
  ;;
"create -f "*)
  pod=$CLUSTER/pods/$(patched /metadata/name "$3")
  mkdir "$pod" 2>/dev/null || {
    echo "Error from server (AlreadyExists)" >&2
    exit 1
  }
  sed -n 's/.*"zookeeper\/backup-run": "\([^"]*\)".*/\1/p' "$3" >"$pod/run"
  claim=$(sed -n 's/.*"claimName": "\(datadir-\)\{0,1\}zk-\([^"]*\)".*/\2/p' "$3")
  node=$(patched /spec/nodeName "$3")
  echo "holds ${claim:-nothing}${node:+ on $node}" >>"$CLUSTER/calls"
  mkdir "$pod/tmp"
  if [ -n "$claim" ]; then
    ln -s "$CLUSTER/volumes/$claim" "$pod/volume"
  else
    mkdir "$pod/volume"
  fi
  ;;
"delete pod -l "*) rm -rf "$CLUSTER"/pods/* ;;
"delete pod "*) rm -rf "$CLUSTER/pods/$3" ;;
"scale statefulset zk "*)
  for word in "$@"; do
    case $word in
    --current-replicas=*) [ "${word#*=}" = "$replicas" ] ;;
    --replicas=*)
      echo "${word#*=}" >"$CLUSTER/replicas"
      # Servers write their ids when they start.
      n=0
      while [ "$n" -lt "${word#*=}" ]; do
        echo "$((n + 1))" >"$CLUSTER/volumes/$n/data/myid"
        n=$((n + 1))
      done
      ;;
    esac
  done
  ;;
"wait "*) ;;
"exec zk-"*" -- df "*) printf 'head\ndisk 1 1 %s 1%% /\n' "$(value free 10000000)" ;;
"exec zk-"*srvr*) value "answer-$2" "Mode: follower" ;;
"exec -i "*)
  pod=$3
  wrapper=$7
  script=$9
  shift 9
  ordinal=${pod#zk-}
  case $pod in
  zk-backup*) root=$CLUSTER/pods/$pod ;;
  *)
    # Only a running server answers.
    [ "$ordinal" -lt "$replicas" ]
    root=
    ;;
  esac
  command=$1
  shift
  for word in "$@"; do
    shift
    case $word in
    /volume | /tmp) word=$root$word ;;
    /var/lib/zookeeper) word=$CLUSTER/volumes/$ordinal ;;
    esac
    set -- "$@" "$word"
  done
  exec sh -c "$wrapper" sh "$script" "$command" "$@"
  ;;
*)
  echo "kubectl.sh: unknown call \"$call\"" >&2
  exit 9
  ;;
esac
