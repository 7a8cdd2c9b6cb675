package drive

import (
	"errors"
	"io"
	"log"
	"net"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"

	"zookeeper-environment/faults/workload/history"
)

// retryPause is how long a client waits between two attempts to connect. With its own provider of hosts, a client
// that knows one address, the Service's, would wait a second before each.
const retryPause = 50 * time.Millisecond

// service hands out one address, that of a Service, behind which the server changes.
type service struct {
	address string
	last    time.Time
	closed  atomic.Bool
}

func (s *service) Init([]string) error { return nil }
func (s *service) Len() int            { return 1 }
func (s *service) Connected()          {}

func (s *service) Next() (string, bool) {
	if s.closed.Load() {
		// Only then does the client look whether it was closed.
		return s.address, true
	}
	if wait := retryPause - time.Since(s.last); wait > 0 {
		time.Sleep(wait)
	}
	s.last = time.Now()
	return s.address, false
}

// boundedConn never waits for an answer longer than a limit: the client would wait for a handshake with a frozen
// server ten times as long as for any other answer.
type boundedConn struct {
	net.Conn
	limit time.Duration
}

func (c boundedConn) SetReadDeadline(deadline time.Time) error {
	if latest := time.Now().Add(c.limit); !deadline.IsZero() && deadline.After(latest) {
		deadline = latest
	}
	return c.Conn.SetReadDeadline(deadline)
}

// session is a ZooKeeper client; after an expiry it goes on with a new session of its own accord.
type session struct {
	*zk.Conn
	hosts *service
	wire  atomic.Pointer[net.Conn]
	// own is a node that only this session writes, so that it reads what is fresh behind that.
	own string
	// dials numbers the connections.
	dials atomic.Int64
}

func connect(
	address string, certificates Certificates, timeout time.Duration, onEvent func(zk.Event),
) (*session, error) {
	s := &session{hosts: &service{address: address}}
	dial := func(network, host string, limit time.Duration) (net.Conn, error) {
		conn, err := net.DialTimeout(network, host, limit)
		if err != nil {
			return nil, err
		}
		secure, err := certificates.secured(conn, limit)
		if err != nil {
			_ = conn.Close() // the error that counts is that of TLS
			return nil, err
		}
		conn = secure
		s.wire.Store(&conn)
		s.dials.Add(1)
		return boundedConn{Conn: conn, limit: timeout * 2 / 3}, nil
	}
	var err error
	s.Conn, _, err = zk.Connect([]string{address}, timeout,
		zk.WithHostProvider(s.hosts), zk.WithDialer(dial), zk.WithLogInfo(false),
		zk.WithLogger(log.New(io.Discard, "", 0)), zk.WithEventCallback(onEvent))
	return s, err
}

// Close ends the session in order.
func (s *session) Close() {
	s.hosts.closed.Store(true)
	s.Conn.Close()
}

// abandon stops being heard of, as a client that died: the server ends the session when its timeout has passed.
func (s *session) abandon() {
	s.hosts.closed.Store(true)
	s.hosts.address = "127.0.0.1:1"
	if wire := s.wire.Load(); wire != nil {
		_ = (*wire).Close() // a connection that is gone already is as good
	}
	s.Conn.Close()
}

// outcome classifies an error: only what was rejected, or never sent, certainly had no effect.
func outcome(err error) (history.Result, string) {
	switch {
	case err == nil:
		return history.OK, ""
	case errors.Is(err, zk.ErrBadVersion):
		return history.Failed, history.VersionMismatch
	case errors.Is(err, zk.ErrNoNode):
		return history.Failed, history.NoNode
	case errors.Is(err, zk.ErrNoServer):
		return history.Failed, "not sent"
	default:
		return history.Unknown, err.Error()
	}
}
