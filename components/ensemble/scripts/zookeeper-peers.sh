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

# serves HOST PORT SECONDS: whether a server is in a quorum. A dead node never answers, so this is limited in time.
serves() {
  case $(printf srvr | timeout "$3" nc -w "$3" "$1" "$2" 2>/dev/null) in *Mode:*) return 0 ;; esac
  return 1
}

# serves_securely NAME: the same of another server, over TLS. This server shows the certificate that clients see.
serves_securely() {
  files=$ZK_CLIENT_CERTIFICATES_DIR
  case $(printf srvr | timeout 2 openssl s_client -quiet -connect "$1:$secure_port" -servername "$1" \
    -CAfile "$files/trust.pem" -no-CApath -no-CAstore -partial_chain -verify_return_error -verify_hostname "$1" \
    -cert "$files/server.pem" -key "$files/server.pem" -cert_chain "$files/server.pem" 2>/dev/null) in
  *Mode:*) return 0 ;;
  esac
  return 1
}

# other_serves NAME PORT: whether another server is in a quorum. During a change of clientTls, some servers answer in plain
# text, and some over TLS.
other_serves() {
  if [ -z "$only_securely" ] && serves "$1." "$2" 1; then
    return 0
  fi
  [ -n "$secure_port" ] && serves_securely "$1"
}

# Prints the names of the other servers that are in a quorum. It asks all of them at the same time.
others_serving() {
  echo "$servers" | {
    while read -r id name port; do
      if [ "$id" != "$me" ]; then
        { other_serves "$name" "$port" && echo "$name"; } &
      fi
    done
    wait
  }
}
