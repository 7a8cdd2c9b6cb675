package drive

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"

	"zookeeper-environment/faults/workload/history"
)

// sequences are the parents of sequential nodes, one after the other.
type sequences struct {
	mutex   sync.Mutex
	parents []string
	used    int
}

// parent returns where the next node goes, and whether that parent has yet to be created.
func (q *sequences) parent(root string) (string, bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	fresh := len(q.parents) == 0 || q.used >= childrenPerParent
	if fresh {
		q.parents = append(q.parents, fmt.Sprintf("%s/sequences/%d", root, len(q.parents)))
		q.used = 0
	}
	q.used++
	return q.parents[len(q.parents)-1], fresh
}

func (q *sequences) all() []string {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return append([]string(nil), q.parents...)
}

// makeSequential creates sequential nodes until the run stops.
func (d *driver) makeSequential(s *session, q *sequences, tokens <-chan struct{}) {
	for range tokens {
		parent, fresh := q.parent(d.Root)
		if fresh {
			d.mustCreate(s, parent)
		}
		record := d.begin(s, history.Sequential, parent)
		name, err := s.Create(parent+"/n-", encode(0), zk.FlagSequence, zk.WorldACL(zk.PermAll))
		d.endNamed(s, &record, name, err)
	}
}

func (d *driver) endNamed(s *session, record *history.Record, name string, err error) {
	record.End = d.out.Now()
	record.Result, record.Note = outcome(err)
	if err == nil {
		record.Note = path.Base(name)
	}
	if s.SessionID() != record.Session {
		record.Session = 0
	}
	d.out.Add(*record)
}

// mustCreate creates a node that later operations need, however long that takes.
func (d *driver) mustCreate(s *session, node string) {
	for !d.stopped() {
		if _, err := s.Create(node, nil, 0, zk.WorldACL(zk.PermAll)); err == nil || err == zk.ErrNodeExists {
			return
		}
		time.Sleep(retryPause)
	}
}

// ownEphemerals lives through one session after the other, each with a node that must go with it.
func (d *driver) ownEphemerals(observer *session, owner int) {
	for n := 0; !d.stopped(); n++ {
		d.oneEphemeral(observer, fmt.Sprintf("%s/ephemerals/%d-%d", d.Root, owner, n))
	}
}

func (d *driver) oneEphemeral(observer *session, node string) {
	s, err := connect(d.Address, d.Certificates, d.Timeout, nil)
	if err != nil {
		return
	}
	record := d.begin(s, history.EphemeralCreate, node)
	_, err = s.Create(node, nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
	id := s.SessionID()
	record.Session = id
	d.end(s, &record, err)
	if err == nil {
		for range 4 + rand.IntN(12) {
			d.observe(observer, node)
			if !d.alive(s, id, node) {
				break
			}
		}
	}
	end := history.Record{Kind: history.EphemeralEnd, Session: id, Key: node, Start: d.out.Now(), Result: history.OK}
	if rand.IntN(4) == 0 {
		s.abandon()
		end.Note = "abandoned"
	} else {
		s.Close()
	}
	end.End = d.out.Now()
	d.out.Add(end)
	d.awaitGone(observer, node)
}

// alive has the owner's session answered by a server, so that it has not expired.
func (d *driver) alive(s *session, id int64, node string) bool {
	record := history.Record{Kind: history.EphemeralAlive, Session: id, Key: node, Start: d.out.Now()}
	_, err := s.Sync(d.Root)
	record.Result, record.Note = outcome(err)
	if s.SessionID() != id {
		record.Result, record.Note = history.Failed, "session expired"
	}
	record.End = d.out.Now()
	d.out.Add(record)
	return record.Result == history.OK
}

func (d *driver) observe(observer *session, node string) (present, known bool) {
	record := d.begin(observer, history.EphemeralSeen, node)
	_, err := observer.Set(observer.own, nil, -1)
	if err == nil {
		present, _, err = observer.Exists(node)
	}
	if present {
		record.Version = 1
	}
	d.end(observer, &record, err)
	return present, err == nil
}

// awaitGone watches until the node of an ended session is gone.
func (d *driver) awaitGone(observer *session, node string) {
	for !d.stopped() {
		if present, known := d.observe(observer, node); known && !present {
			return
		}
		time.Sleep(retryPause)
	}
}

// watch keeps a watch on a register that is in use, and reads it meanwhile, on a session of its own.
func (d *driver) watch(s *session) {
	for !d.stopped() {
		register, inUse := d.registers.peek()
		if !inUse {
			time.Sleep(retryPause)
			continue
		}
		for d.watchOnce(s, register) && register.left.Load() > 0 && !d.stopped() {
		}
	}
}

func (d *driver) watchOnce(s *session, register *register) bool {
	record := d.begin(s, history.Watch, register.path)
	data, stat, fired, err := s.GetW(register.path)
	d.endRead(s, &record, data, stat, err)
	if err != nil {
		return false
	}
	for range 200 {
		select {
		case <-fired:
			return true
		case <-d.stop:
			return false
		case <-time.After(20 * time.Millisecond):
			d.read(s, register, history.Read)
		}
	}
	return false
}

// onWatchEvent records every event that arrives, also one that nobody waits for.
func (d *driver) onWatchEvent(s **session) func(zk.Event) {
	return func(event zk.Event) {
		if event.Type != zk.EventNodeDataChanged || !strings.HasPrefix(event.Path, d.Root) {
			return
		}
		now := d.out.Now()
		d.out.Add(history.Record{Kind: history.Event, Session: (*s).SessionID(), Key: event.Path, Start: now, End: now})
	}
}
