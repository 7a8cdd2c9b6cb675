package drive

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority issues certificates into folders, as a Secret has them.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true,
		BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	return authority{certificate, key}
}

func (a authority) issue(t *testing.T, name string) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotAfter: time.Now().Add(time.Hour),
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	folder := t.TempDir()
	write := func(file, kind string, content []byte) {
		text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
		must(t, os.WriteFile(filepath.Join(folder, file), text, 0o600))
	}
	write("tls.crt", "CERTIFICATE", der)
	write("tls.key", "PRIVATE KEY", secret)
	write("ca.crt", "CERTIFICATE", a.certificate.Raw)
	return folder
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve answers one connection of a client with a certificate of the authority, and says whom it saw.
func serve(t *testing.T, a authority, folder string) (address string, seen chan string) {
	t.Helper()
	own, err := Certificates{Folder: folder}.config()
	must(t, err)
	own.ClientAuth, own.ClientCAs = tls.RequireAndVerifyClientCert, own.RootCAs
	listener, err := tls.Listen("tcp", "127.0.0.1:0", own)
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	seen = make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		secure := conn.(*tls.Conn)
		if secure.Handshake() == nil {
			seen <- secure.ConnectionState().PeerCertificates[0].Subject.CommonName
			_, _ = io.WriteString(secure, "hello")
		}
	}()
	return listener.Addr().String(), seen
}

func TestClientsShowACertificateAndVerifyTheServersName(t *testing.T) {
	a := newAuthority(t)
	client := a.issue(t, "client")
	for name, accepted := range map[string]bool{"server": true, "other": false} {
		address, seen := serve(t, a, a.issue(t, "server"))
		conn, err := net.Dial("tcp", address)
		must(t, err)
		secure, err := Certificates{Folder: client, ServerName: name}.secured(conn, time.Second)
		if (err == nil) != accepted {
			t.Fatalf("a server that is expected to be %s: %v", name, err)
		}
		if accepted {
			text := make([]byte, 5)
			if _, err := io.ReadFull(secure, text); err != nil || string(text) != "hello" || <-seen != "client" {
				t.Fatalf("%s, %v", text, err)
			}
		}
		_ = conn.Close()
	}
}

func TestFilesAreCheckedBeforeTheLoad(t *testing.T) {
	must(t, Certificates{}.check())
	folder := newAuthority(t).issue(t, "client")
	must(t, Certificates{Folder: folder}.check())
	for _, file := range []string{"ca.crt", "tls.key"} {
		must(t, os.WriteFile(filepath.Join(folder, file), []byte("nothing"), 0o600))
		if (Certificates{Folder: folder}).check() == nil {
			t.Errorf("%s: accepted", file)
		}
	}
}

func TestPlainTextStaysPlain(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	conn, err := Certificates{}.secured(here, time.Second)
	if err != nil || conn != here {
		t.Fatalf("%v, %v", conn, err)
	}
}
