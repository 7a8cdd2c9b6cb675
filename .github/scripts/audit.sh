#!/bin/bash
# Usage: audit.sh FILE
# Writes a list of the npm packages in CycloneDX format to the file, then looks for known vulnerabilities of those that
# users install. Fails if one is high or critical.
set -euo pipefail
npm sbom --sbom-format cyclonedx --package-lock-only >"$1"
npm audit --package-lock-only --omit dev --audit-level high
