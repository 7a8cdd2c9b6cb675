# Sourced: fenced TEXT prints the text as a Markdown code block that it cannot end.
fenced() {
  local fence='```'
  while [[ $1 == *"$fence"* ]]; do
    fence+='`'
  done
  printf '%stext\n%s\n%s\n' "$fence" "$1" "$fence"
}
