#!/bin/bash
# Fails where the API server of the stack's cluster cannot be reached. A preview
# would then compare with nothing, and say so nowhere. A stack without a cluster
# passes.
set -euo pipefail
kubeconfig=$(mktemp)
trap 'rm -f "$kubeconfig"' EXIT
if ! pulumi stack output kubeconfig --show-secrets >"$kubeconfig" 2>/dev/null || [ ! -s "$kubeconfig" ]; then
  echo "The stack has no cluster yet."
  exit 0
fi
if ! kubectl --kubeconfig "$kubeconfig" version --request-timeout=20s; then
  echo "::error::The API server of the stack's cluster cannot be reached from this runner." \
    "Set authorizedNetworks to none, so that the DNS endpoint is used, or use a runner in an authorized network." >&2
  exit 1
fi
