#!/bin/sh
# zookeeper-certificates servers|clients [PID]: writes the files that the server reads from the Secret with its key and
# certificates: those that it shows to other servers, or to clients. Exit code 1 means that there is nothing usable, and
# the log says why. With the PID of the server, it runs beside it, and follows changes of the Secret.
#
# Java reads neither the key as most tools write it, nor a folder that the kubelet swaps: so these are files of our own,
# which are replaced by name.
#
# Servers see a changed Secret up to 90 s apart. With another authority, a server first trusts both. It shows its new
# certificate when all others do so as well, and drops the former authority when all others have new certificates.
set -eu

: "${POD_NAME:?}" "${ZOOCFGDIR:?}"
case ${1:-} in
servers) from=${ZK_SECRET_DIR:?} own=${ZK_CERTIFICATES_DIR:?} time= ;;
# The quorum needs this server, even if clients do not trust an expired certificate.
clients) from=${ZK_CLIENT_SECRET_DIR:?} own=${ZK_CLIENT_CERTIFICATES_DIR:?} time=-no_check_time ;;
*)
  echo "usage: zookeeper-certificates servers|clients [PID]" >&2
  exit 2
  ;;
esac
whom=$1

# In seconds; longer than the kubelet takes to see a change.
overlap=${ZK_CERTIFICATES_OVERLAP:-120}
me=$((${POD_NAME##*-} + 1))
umask 077

say() {
  echo "zookeeper-certificates for $whom: $*"
}

# report TEXT: says it, once.
report() {
  if [ "$(cat "$own/reported" 2>/dev/null)" != "$*" ]; then
    say "$*"
    echo "$*" >"$own/reported"
  fi
}

# put FILE: replaces a file with the input, at once.
put() {
  cat >"$1.new"
  mv -f "$1.new" "$1"
}

# Prints the folder with the Secret's present content: the kubelet swaps the whole folder.
content() {
  if [ -d "$from/..data" ]; then
    readlink -f "$from/..data"
  else
    echo "$from"
  fi
}

# Prints what distinguishes this content from any other.
fingerprint() {
  folder=$(content)
  cat "$folder/tls.key" "$folder/tls.crt" "$folder/ca.crt" 2>/dev/null | cksum
}

# take: copies the Secret, so that it does not change while it is read.
take() {
  rm -rf "$own/incoming"
  mkdir "$own/incoming"
  folder=$(content)
  cp "$folder/tls.key" "$folder/tls.crt" "$folder/ca.crt" "$own/incoming/" 2>/dev/null
}

# Prints why the copy is not usable; nothing if it is. It makes the key one that Java reads.
fault() {
  in=$own/incoming
  name=$(sed -n "s/^server\.$me=\([^:]*\):.*/\1/p" "$ZOOCFGDIR/zoo.cfg")
  if ! openssl pkcs8 -topk8 -nocrypt -passin pass: -in "$in/tls.key" -out "$in/key.pem" 2>/dev/null; then
    echo "tls.key is not a private key without a passphrase"
    return
  fi
  case $(openssl pkey -in "$in/key.pem" -noout -text_pub) in
    ED* | X*) echo "tls.key is neither an RSA nor an EC key, and ZooKeeper reads no other" && return ;;
  esac
  if ! public=$(openssl x509 -in "$in/tls.crt" -noout -pubkey 2>/dev/null); then
    echo "tls.crt is not a certificate"
  elif [ "$public" != "$(openssl pkey -in "$in/key.pem" -pubout)" ]; then
    echo "tls.key is not the key of tls.crt"
  elif [ -z "$(authorities "$in/ca.crt")" ]; then
    echo "ca.crt is not a certificate"
  else
    for purpose in sslserver sslclient; do
      # The authority may itself have another one above it: what is in ca.crt is trusted.
      if ! said=$(openssl verify -CAfile "$in/ca.crt" -no-CApath -no-CAstore -partial_chain $time -untrusted "$in/tls.crt" \
        -purpose "$purpose" -verify_hostname "$name" "$in/tls.crt" 2>&1); then
        # error 10 at 0 depth lookup: certificate has expired
        reason=$(echo "$said" | sed -n 's/^error [0-9]* at \([0-9]*\) depth lookup: *//p' | head -n 1)
        echo "openssl verify -purpose $purpose -verify_hostname $name: ${reason:-$said}"
        return
      fi
    done
  fi
}

# authorities FILE: prints a line for each certificate in it: its fingerprint and subject.
authorities() {
  awk '
    /-----BEGIN CERTIFICATE-----/ { command = "openssl x509 -noout -fingerprint -sha256 -subject 2>/dev/null" }
    command != "" { print | command }
    /-----END CERTIFICATE-----/ { if (command != "") close(command); command = "" }
  ' "$1" | paste -d ' ' - - | sort -u
}

# Whether an authority in the copy has the name of another one that is trusted: Java keeps only one of them.
shares_a_name() {
  { authorities "$own/trust.pem" && authorities "$own/incoming/ca.crt"; } | sort -u | sed 's/^.*subject=//' |
    sort | uniq -d | grep -q .
}

show_certificate() {
  { cat "$own/next/key.pem" && echo && cat "$own/next/tls.crt"; } | put "$own/server.pem"
}

# certificate FILE: prints the first certificate in it.
certificate() {
  openssl x509 -in "$1" 2>/dev/null
}

trust_only_new() {
  put "$own/trust.pem" <"$own/next/ca.crt"
  rm -f "$own/since"
}

expires() {
  openssl x509 -in "$own/server.pem" -noout -enddate 2>/dev/null | sed 's/^notAfter=//'
}

# Takes the copy over.
take_over() {
  at_once=
  if [ ! -e "$own/trust.pem" ] || shares_a_name ||
    [ "$(authorities "$own/trust.pem")" = "$(authorities "$own/incoming/ca.crt")" ]; then
    at_once=yes
  fi
  rm -rf "$own/next"
  mv "$own/incoming" "$own/next"
  if [ -n "$at_once" ]; then
    show_certificate
    trust_only_new
    say "the server has a certificate until $(expires)"
  else
    { cat "$own/trust.pem" && echo && cat "$own/next/ca.crt"; } | put "$own/trust.pem"
    date +%s >"$own/since"
    say "ca.crt has changed: the server trusts the former authorities as well, has its new certificate in ${overlap}s," \
      "and trusts only the new authorities in $((2 * overlap))s"
  fi
}

# Continues with a change of authorities.
advance() {
  age=$(($(date +%s) - $(cat "$own/since")))
  if [ "$age" -ge "$overlap" ] || ! openssl x509 -in "$own/server.pem" -noout -checkend 0 >/dev/null; then
    if [ "$(certificate "$own/server.pem")" != "$(certificate "$own/next/tls.crt")" ]; then
      show_certificate
      say "the server has a certificate of the new authority until $(expires)"
    fi
  fi
  if [ "$age" -ge $((2 * overlap)) ]; then
    trust_only_new
    say "the server trusts only the new authorities"
  fi
}

# Takes the Secret over if it has changed. @returns 1 if there is nothing usable
refresh() {
  now=$(fingerprint)
  reason=
  if [ "$now" != "$(cat "$own/seen" 2>/dev/null)" ]; then
    if take && reason=$(fault) && [ -z "$reason" ]; then
      take_over
      echo "$now" >"$own/seen"
      rm -f "$own/reported" "$own/rejected"
    else
      touch "$own/rejected"
      report "the Secret is not usable, so the server $([ -e "$own/server.pem" ] && echo "keeps its certificate" ||
        echo "waits"): ${reason:-tls.key, tls.crt or ca.crt is missing}"
    fi
  elif [ -e "$own/rejected" ]; then
    rm -f "$own/reported" "$own/rejected"
    say "the Secret has the server's certificate again"
  fi
  if [ -e "$own/since" ]; then
    advance
  fi
  if [ ! -e "$own/server.pem" ]; then
    return 1
  fi
  if ! openssl x509 -in "$own/server.pem" -noout -checkend 0 >/dev/null; then
    report "the certificate has expired on $(expires): $([ "$whom" = clients ] || echo "other ")$whom reject new" \
      "connections. Renew the Secret"
    [ "$whom" = clients ]
  fi
}

if [ $# -eq 1 ]; then
  refresh
  exit
fi
while kill -0 "$2" 2>/dev/null; do
  refresh || :
  sleep 5
done
