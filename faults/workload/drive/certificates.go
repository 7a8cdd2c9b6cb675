package drive

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates are what clients show and trust: a folder with tls.crt, tls.key and ca.crt, as in a Secret.
type Certificates struct {
	// Folder is empty for plain text.
	Folder string
	// ServerName is the name that the servers' certificate must have.
	ServerName string
}

// secured begins TLS on a connection, unless it is to be plain text. The files are read for each connection: they may
// have been renewed since the last one.
func (c Certificates) secured(conn net.Conn, limit time.Duration) (net.Conn, error) {
	if c.Folder == "" {
		return conn, nil
	}
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	secure := tls.Client(conn, config)
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, err
	}
	if err := secure.Handshake(); err != nil {
		return nil, err
	}
	return secure, conn.SetDeadline(time.Time{})
}

func (c Certificates) config() (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(filepath.Join(c.Folder, "tls.crt"), filepath.Join(c.Folder, "tls.key"))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(c.Folder, "ca.crt")
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate", file)
	}
	return &tls.Config{Certificates: []tls.Certificate{own}, RootCAs: authorities, ServerName: c.ServerName}, nil
}

// check says what is wrong with the files; the client would try again and again.
func (c Certificates) check() error {
	if c.Folder == "" {
		return nil
	}
	_, err := c.config()
	return err
}
