#!/bin/bash
# Usage: summarised.sh TITLE COMMAND...
# Runs the command, shows what it prints, and adds that to the job's summary, also
# when the command fails. Ends with the command's exit code.
set -uo pipefail
title=$1
shift

printed=$(mktemp)
trap 'rm "$printed"' EXIT
"$@" 2>&1 | tee "$printed"
status=$?

{
  printf '### %s\n\n````text\n' "$title"
  cat "$printed"
  printf '````\n'
} >>"$GITHUB_STEP_SUMMARY"
exit "$status"
