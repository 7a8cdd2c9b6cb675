// Package drive puts an ensemble under load and records what its clients saw.
package drive

import (
	"errors"
	"time"

	"github.com/go-zookeeper/zk"

	"zookeeper-environment/faults/workload/history"
)

// Options say what load is made.
type Options struct {
	// Address is the client Service's, host:port.
	Address string
	// Certificates are the clients'; none for plain text.
	Certificates Certificates
	// Root is a node of this run's own, such as /faults-7.
	Root string
	// Sessions is how many sessions write and read registers.
	Sessions int
	// Outstanding is how many operations each of them has under way at most.
	Outstanding int
	// Rate is how many operations a second are begun at most.
	Rate int
	// Timeout is the sessions'.
	Timeout time.Duration
}

type driver struct {
	Options
	out       *history.Writer
	registers registers
	stop      chan struct{}
}

func (d *driver) stopped() bool {
	select {
	case <-d.stop:
		return true
	default:
		return false
	}
}

func (d *driver) begin(s *session, kind history.Kind, key string) history.Record {
	return history.Record{
		Kind: kind, Session: s.SessionID(), Connection: s.dials.Load(), Key: key, Start: d.out.Now(),
	}
}

func (d *driver) end(s *session, record *history.Record, err error) {
	record.End = d.out.Now()
	record.Result, record.Note = outcome(err)
	switch now := s.SessionID(); record.Session {
	case now:
	case 0:
		// There was no session yet to send it on: it went out on this one.
		record.Session = now
	default:
		record.Session = 0
	}
	if s.dials.Load() != record.Connection {
		record.Connection = 0
	}
	d.out.Add(*record)
}

func (d *driver) endRead(s *session, record *history.Record, data []byte, stat *zk.Stat, err error) {
	switch {
	case err == nil:
		record.Value, record.Version, record.Zxid = decode(data), stat.Version, stat.Mzxid
	case errors.Is(err, zk.ErrNoNode):
		// That a node is not there is an answer.
		record.Version, err = history.Absent, nil
	}
	d.end(s, record, err)
}
