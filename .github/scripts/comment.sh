#!/bin/bash
# Shows the previews of a pull request in one comment, which later runs update.
# Variables: GITHUB_REPOSITORY, GH_TOKEN, PULL_REQUEST, and result and preview of
# the jobs check and project.
set -euo pipefail
. "$(dirname "$0")/fenced.sh"

# Identifies the comment among others of the same author.
marker='<!-- previews -->'
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"

# section TITLE RESULT PREVIEW
section() {
  if [ "$2" = skipped ]; then
    return
  fi
  printf '\n### %s: %s\n\n' "$1" "$2"
  if [ -n "$3" ]; then
    fenced "$3"
  else
    printf 'There is no preview: an earlier step did not succeed.\n'
  fi
}

body=$(mktemp)
trap 'rm "$body"' EXIT
{
  printf '%s\n' "$marker"
  section "Preview of the dev stack on a local GKE" "$CHECK_RESULT" "$CHECK_PREVIEW"
  section "Preview of the project's stack" "$PROJECT_RESULT" "$PROJECT_PREVIEW"
} >"$body"

existing=$(gh api --paginate "$comments" \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id")
id=${existing%%$'\n'*}
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body"
else
  gh api --silent --method POST "$comments" --field "body=@$body"
fi
