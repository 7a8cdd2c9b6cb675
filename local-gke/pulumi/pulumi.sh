# The `pulumi` that `npm run env` puts on PATH sources this, with $state, $backend, $stack, $project_name and $pulumi set.
#
# The Pulumi CLI writes the salt of a stack's passphrase into Pulumi.STACK.yaml. That file is in the repository, and
# all environments of a checkout share it, each with its own passphrase. So for the environment's own stack the CLI
# reads a copy in the state folder, made anew every time. What `pulumi config` changes in the copy goes back into the
# file, without the salt. Every other stack, project and backend is left to the CLI.
set -eu

named=${PULUMI_STACK:-} dir=. given='' command='' creates='' previous='' plugins=''
for word in "$@"; do
  case $previous in
    -s | --stack) named=$word ;;
    -C | --cwd) dir=$word ;;
    --config-file) given=yes ;;
    --color | --copy-config-from | --secrets-provider | --teams) ;;
    *) if [ -n "$creates" ] && [ "${word#-}" = "$word" ]; then named=$word; fi ;;
  esac
  case $word in
    --stack=*) named=${word#*=} ;;
    --cwd=*) dir=${word#*=} ;;
    -s?*) named=${word#-s} named=${named#=} ;;
    -C?*) dir=${word#-C} dir=${dir#=} ;;
    --config-file=*) given=yes ;;
    config) command=${command:-config} ;;
    # Those that start plugins.
    up | update | pre | preview | refresh | destroy | down | dn | import | watch) plugins=yes ;;
    # Those of `pulumi stack` that write the salt, and do not take --config-file.
    init | change-secrets-provider | history) if [ "$previous" = stack ]; then command=${command:-stack}; fi ;;
  esac
  if [ "$previous $word" = "stack init" ]; then creates=yes; fi
  previous=$word
done

own_project() {
  project=$(cd "$dir" 2>/dev/null && pwd -P) || return 1
  while [ -n "$project" ] && [ ! -e "$project/Pulumi.yaml" ]; do project=${project%/*}; done
  [ -n "$project" ] && grep -qx "name: $project_name" "$project/Pulumi.yaml"
}

if [ "${PULUMI_BACKEND_URL:-}" != "$backend" ] || [ "${named##*/}" != "$stack" ] || ! own_project; then
  exec "$pulumi" "$@"
fi

# The CLI would prefer the passphrase in the former variable.
unset PULUMI_CONFIG_PASSPHRASE
export PULUMI_CONFIG_PASSPHRASE_FILE="$state/passphrase"
# Where the copy has no salt yet, the one in the stack's state.
export PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true

# The Kubernetes provider leaves kubeconfigs with credentials among its temporary files: they go into a folder that only
# the user can read, and are removed by the next command after this process, whose id the folder has, has ended.
case $plugins${TMPDIR:-} in
  yes"$state/tmp/"*) ;;
  yes*)
    for left in "$state/tmp"/*; do
      [ -d "/proc/${left##*/}" ] || rm -rf "$left"
    done
    export TMPDIR="$state/tmp/$$"
    (umask 077 && mkdir -p "$TMPDIR")
    ;;
esac

if [ -n "$given" ] || [ "$project" -ef "$state/settings" ]; then
  exec "$pulumi" "$@"
fi

settings="$project/Pulumi.$stack.yaml" copy="$state/settings/Pulumi.$stack.yaml"

without_salt() {
  if [ -e "$1" ]; then awk '!/^encryptionsalt:/' "$1"; fi
}

# write_copy FILE: the settings with the salt that the copy had; another process sees all of it or nothing.
write_copy() {
  { without_salt "$settings" && { [ ! -e "$copy" ] || sed -n '/^encryptionsalt:/p' "$copy"; }; } >"$1.new-$$"
  mv -f "$1.new-$$" "$1"
}

if [ "$command" != config ]; then
  write_copy "$copy"
  if [ "$command" = stack ]; then
    export PULUMI_OPTION_CWD="$state/settings"
  else
    export PULUMI_OPTION_CONFIG_FILE="$copy"
  fi
  exec "$pulumi" "$@"
fi

changing="$state/settings/Pulumi.$stack.changing-$$.yaml"
trap 'rm -f "$changing" "$changing.before"' EXIT
write_copy "$changing"
without_salt "$changing" >"$changing.before"
code=0
PULUMI_OPTION_CONFIG_FILE="$changing" "$pulumi" "$@" || code=$?
if ! without_salt "$changing" | cmp -s - "$changing.before"; then
  # In place: the file may be another user's, or a link.
  without_salt "$changing" >"$settings"
fi
exit "$code"
