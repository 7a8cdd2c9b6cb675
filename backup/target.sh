# Sourced by the commands that write a backup to FILE, which appears only when it is complete.

part=

# check_target FILE: creates `part` beside the file, and adds what is wrong to the errors.
check_target() {
  folder=$(dirname "$1")
  if [ -d "$1" ]; then
    add_error "FILE $1: is a folder; use a file in it"
  elif [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then
    add_error "FILE $1: is not a regular file; use another name"
  elif [ -e "$1" ] && [ ! -w "$1" ]; then
    add_error "FILE $1: exists and is write-protected; use another name"
  elif [ ! -d "$folder" ]; then
    add_error "FILE $1: the folder $folder does not exist; create it, or use another one"
  elif ! part=$(mktemp "$folder/.${1##*/}.XXXXXX" 2>"$work/err"); then
    part=
    add_error "FILE $1: cannot be written ($(printable "$(head -n 1 "$work/err")")); use another folder"
  fi
}

# publish FILE: renames `part` to the file.
publish() {
  sync
  mv -f "$part" "$1"
  part=
}

remove_part() {
  if [ -n "$part" ]; then
    rm -f "$part"
  fi
}
