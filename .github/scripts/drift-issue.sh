#!/bin/bash
# Opens an issue when the nightly check found drift or failed, adds to it while it
# is open, and closes it when the check succeeds.
# Variables: GITHUB_REPOSITORY, GH_TOKEN, RESULT, PREVIEW, RUN_URL.
set -euo pipefail
. "$(dirname "$0")/fenced.sh"

title="The project's stack is not as its program says"
open=$(gh issue list --repo "$GITHUB_REPOSITORY" --author "app/github-actions" --state open --limit 100 \
  --json number,title --jq ".[] | select(.title == \"$title\") | .number")
number=${open%%$'\n'*}

if [ "$RESULT" = success ]; then
  if [ -n "$number" ]; then
    gh issue close "$number" --repo "$GITHUB_REPOSITORY" --comment "$RUN_URL found no difference."
  fi
  exit 0
fi

body=$(mktemp)
trap 'rm "$body"' EXIT
{
  printf 'The nightly check ended with: %s. See %s\n\n' "$RESULT" "$RUN_URL"
  if [ -n "$PREVIEW" ]; then
    fenced "$PREVIEW"
  fi
  printf '\n`pulumi up --refresh --policy-pack policy` restores what the program says.\n'
} >"$body"
if [ -n "$number" ]; then
  gh issue comment "$number" --repo "$GITHUB_REPOSITORY" --body-file "$body"
else
  gh issue create --repo "$GITHUB_REPOSITORY" --title "$title" --body-file "$body"
fi
