#!/bin/bash
# Usage: summarized.sh TITLE COMMAND...
# Runs the command and shows what it prints. Adds that to the job's summary and to
# the step's output "text", also when the command fails. Ends with the command's
# exit code.
set -uo pipefail
title=$1
shift

# GitHub accepts comments of 65,536 characters, and two previews share one.
limit=30000

printed=$(mktemp)
trap 'rm "$printed"' EXIT
"$@" 2>&1 | tee "$printed"
status=$?

{
  printf '### %s\n\n````text\n' "$title"
  cat "$printed"
  printf '````\n'
} >>"$GITHUB_STEP_SUMMARY"

# A delimiter that the command cannot print, as it does not know it.
delimiter=$(cat /proc/sys/kernel/random/uuid)
{
  printf 'text<<%s\n' "$delimiter"
  if [ "$(wc -c <"$printed")" -gt "$limit" ]; then
    head -c "$limit" "$printed" | iconv -cf utf-8 -t utf-8
    printf '\n… cut off; the job'\''s summary has all of it\n'
  else
    cat "$printed"
  fi
  printf '\n%s\n' "$delimiter"
} >>"$GITHUB_OUTPUT"
exit "$status"
