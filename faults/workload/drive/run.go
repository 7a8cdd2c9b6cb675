package drive

import (
	"fmt"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"

	"zookeeper-environment/faults/workload/history"
)

const (
	// sequentialShare is which share of the operations creates sequential nodes: 1 of so many.
	sequentialShare = 25
	// owners is how many sessions with ephemeral nodes live at a time.
	owners = 3
	// watchers is how many sessions keep watches.
	watchers = 2
)

// Load is a workload that runs.
type Load struct {
	driver    *driver
	sequences sequences
	main      []*session
	workers   sync.WaitGroup
}

// Start opens the sessions and begins to write and read.
func Start(options Options, out *history.Writer) (*Load, error) {
	if err := options.Certificates.check(); err != nil {
		return nil, err
	}
	d := &driver{Options: options, out: out, stop: make(chan struct{})}
	d.registers.root = options.Root
	load := &Load{driver: d}
	for range options.Sessions {
		s, err := connect(options.Address, options.Certificates, options.Timeout, nil)
		if err != nil {
			return nil, err
		}
		load.main = append(load.main, s)
	}
	for _, node := range []string{"", "/registers", "/sequences", "/ephemerals"} {
		d.mustCreate(load.main[0], options.Root+node)
	}
	for n, s := range load.main {
		s.own = fmt.Sprintf("%s/registers/own-%d", options.Root, n)
		d.mustCreate(s, s.own)
	}
	tokens, sequentialTokens := make(chan struct{}, 64), make(chan struct{}, 8)
	load.spawn(func() { d.dispense(tokens, sequentialTokens) })
	for _, s := range load.main {
		for range options.Outstanding {
			load.spawn(func() {
				for range tokens {
					d.one(s)
				}
			})
		}
		load.spawn(func() { d.makeSequential(s, &load.sequences, sequentialTokens) })
	}
	for owner := range owners {
		observer := load.main[owner%len(load.main)]
		load.spawn(func() { d.ownEphemerals(observer, owner) })
	}
	return load, load.startWatchers()
}

func (l *Load) startWatchers() error {
	for range watchers {
		var s *session
		ready := make(chan struct{})
		record := l.driver.onWatchEvent(&s)
		opened, err := connect(l.driver.Address, l.driver.Certificates, l.driver.Timeout, func(event zk.Event) {
			<-ready
			record(event)
		})
		if err != nil {
			return err
		}
		s = opened
		close(ready)
		l.spawn(func() {
			defer s.Close()
			l.driver.watch(s)
		})
	}
	return nil
}

func (l *Load) spawn(work func()) {
	l.workers.Add(1)
	go func() {
		defer l.workers.Done()
		work()
	}()
}

// dispense lets operations begin at the wanted rate; what nobody could begin is not made up for.
func (d *driver) dispense(tokens, sequentialTokens chan<- struct{}) {
	const tick = 5 * time.Millisecond
	defer close(tokens)
	defer close(sequentialTokens)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	due := 0.0
	for n := 0; ; {
		select {
		case <-d.stop:
			return
		case <-ticker.C:
		}
		for due = min(due+float64(d.Rate)*tick.Seconds(), 64); due >= 1; due-- {
			n++
			into := tokens
			if n%sequentialShare == 0 {
				into = sequentialTokens
			}
			select {
			case into <- struct{}{}:
			default:
			}
		}
	}
}

// Stop ends the load when every operation under way has ended.
func (l *Load) Stop() {
	close(l.driver.stop)
	l.workers.Wait()
}

// Close ends the sessions that are left.
func (l *Load) Close() {
	for _, s := range l.main {
		s.Close()
	}
}

// Fault notes the begin or end of a fault.
func (l *Load) Fault(kind history.Kind, name string, number int64) {
	now := l.driver.out.Now()
	l.driver.out.Add(history.Record{Kind: kind, Note: name, Value: number, Start: now, End: now})
}

// ReadBack reads everything that was ever written from each of the servers, and notes what they answer.
func (l *Load) ReadBack(servers []string) error {
	for index, server := range servers {
		if err := l.readBackFrom(server, int64(index)); err != nil {
			return fmt.Errorf("reading back from %s: %w", server, err)
		}
	}
	now := l.driver.out.Now()
	l.driver.out.Add(history.Record{Kind: history.Complete, Start: now, End: now, Value: int64(len(servers))})
	return nil
}

func (l *Load) readBackFrom(server string, index int64) error {
	s, err := connect(server, l.driver.Certificates, l.driver.Timeout, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	// Every read that follows sees what was acknowledged before, which sync does not guarantee if this is the leader.
	if _, err := s.Set(l.driver.Root, nil, -1); err != nil {
		return err
	}
	paths := make(chan string)
	failures := make(chan error, 32)
	var readers sync.WaitGroup
	for range cap(failures) {
		readers.Go(func() {
			for path := range paths {
				if err := l.driver.readFinal(s, path); err != nil {
					failures <- err
					return
				}
			}
			failures <- nil
		})
	}
	go func() {
		defer close(paths)
		for _, path := range l.driver.registers.all() {
			paths <- path
		}
	}()
	for range cap(failures) {
		if err := <-failures; err != nil {
			return err
		}
	}
	readers.Wait()
	return l.list(s, index)
}

func (d *driver) readFinal(s *session, path string) error {
	record := d.begin(s, history.Final, path)
	data, stat, err := s.Get(path)
	if err == nil || err == zk.ErrNoNode {
		d.endRead(s, &record, data, stat, err)
		return nil
	}
	return err
}

func (l *Load) list(s *session, index int64) error {
	for _, parent := range l.sequences.all() {
		names, _, err := s.Children(parent)
		if err != nil && err != zk.ErrNoNode {
			return err
		}
		now := l.driver.out.Now()
		for _, name := range names {
			l.driver.out.Add(history.Record{
				Kind: history.Listed, Key: parent, Start: now, End: now, Note: name, Value: index,
			})
		}
	}
	return nil
}
