#!/bin/sh
# The ensemble's servers, for the pod's other scripts, which source this file.
me=$((${POD_NAME##*-} + 1))
# One line for each server: its id, name and client port.
servers=$(sed -n 's/^server\.\([0-9]*\)=\([^:]*\):[^;]*;\(.*:\)\{0,1\}\([0-9]*\)$/\1 \2 \4/p' "$ZOOCFGDIR/zoo.cfg")
# The port for clients with TLS; empty without.
secure_port=$(sed -n 's/^secureClientPort=//p' "$ZOOCFGDIR/zoo.cfg")
# Whether servers answer in plain text only inside their own pods.
only_securely=$(sed -n 's/^server\.1=.*;127\.0\.0\.1:.*/yes/p' "$ZOOCFGDIR/zoo.cfg")
listed=$(echo "$servers" | wc -l)
my_port=$(echo "$servers" | sed -n "s/^$me .* //p")

# ask WORD HOST PORT SECONDS: prints a server's answer to a four-letter word. A dead node never answers, so this is
# limited in time.
ask() {
  printf '%s' "$1" | timeout "$4" nc -w "$4" "$2" "$3" 2>/dev/null
}

# ask_securely WORD NAME: the same of another server, over TLS. This server shows the certificate that clients see.
ask_securely() {
  files=$ZK_CLIENT_CERTIFICATES_DIR
  printf '%s' "$1" | timeout 2 openssl s_client -quiet -connect "$2:$secure_port" -servername "$2" \
    -CAfile "$files/trust.pem" -no-CApath -no-CAstore -partial_chain -verify_return_error -verify_hostname "$2" \
    -cert "$files/server.pem" -key "$files/server.pem" -cert_chain "$files/server.pem" 2>/dev/null
}

# ask_other WORD NAME PORT: the same of another server. During a change of clientTls, some servers answer in plain text,
# and some over TLS.
ask_other() {
  answer=
  if [ -z "$only_securely" ]; then
    answer=$(ask "$1" "$2." "$3" 1) || :
  fi
  if [ -z "$answer" ] && [ -n "$secure_port" ]; then
    answer=$(ask_securely "$1" "$2") || :
  fi
  echo "$answer"
}

# serves HOST PORT SECONDS: whether a server is in a quorum.
serves() {
  case $(ask srvr "$@") in *Mode:*) return 0 ;; esac
  return 1
}

# Runs a command for each other server with its name and client port, for all of them at the same time.
for_others() {
  echo "$servers" | {
    while read -r id name port; do
      if [ "$id" != "$me" ]; then
        "$@" "$name" "$port" &
      fi
    done
    wait
  }
}

name_if_serving() {
  case $(ask_other srvr "$@") in *Mode:*) echo "$1" ;; esac
}

# Prints the names of the other servers that are in a quorum.
others_serving() {
  for_others name_if_serving
}
