# Sourced by save.sh and restore.sh. NAMESPACE and NAME say which ensemble: default and zk where they are not set.
namespace=${NAMESPACE:-default}
name=${NAME:-zk}

kubectl() {
  command kubectl --namespace "$namespace" "$@"
}

# How many servers the StatefulSet has.
servers() {
  kubectl get statefulset "$name" -o 'jsonpath={.spec.replicas}'
}

# scale FROM TO: stops the servers from ordinal TO on, or starts all and waits until they are in the quorum.
scale() {
  kubectl scale statefulset "$name" --replicas "$2" >&2
  n=$2
  while [ "$n" -lt "$1" ]; do
    kubectl wait --for=delete "pod/$name-$n" --timeout=3m >&2
    n=$((n + 1))
  done
  if [ "$2" -gt "$1" ]; then
    kubectl rollout status "statefulset/$name" --timeout=10m >&2
  fi
}

# Starts the pod that holds the volume of the server with this ordinal.
hold_volume() {
  image=$(kubectl get statefulset "$name" -o 'jsonpath={.spec.template.spec.containers[0].image}')
  sed -e "s|IMAGE|$image|" -e "s|CLAIM|datadir-$name-$1|" "$(dirname "$0")/pod.yaml" | kubectl apply -f - >&2
  kubectl wait --for=condition=Ready pod/zookeeper-volume --timeout=3m >&2
}

release_volume() {
  kubectl delete pod zookeeper-volume --ignore-not-found >&2
}
