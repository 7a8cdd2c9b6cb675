package drive

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-zookeeper/zk"

	"zookeeper-environment/faults/workload/history"
)

const (
	// slots is how many registers are in use at a time: several sessions contend for each.
	slots = 64
	// opsPerRegister keeps a register's history short enough to be checked fast.
	opsPerRegister = 160
	// childrenPerParent keeps a listing well below the megabyte that a client and server exchange at most.
	childrenPerParent = 4000
	// padding makes a value as long as a small configuration entry.
	padding = 100
)

var padded = strings.Repeat("x", padding)

// register is a node that sessions write, compare-and-set and read.
type register struct {
	path    string
	version atomic.Int32
	left    atomic.Int32
	ready   atomic.Bool
}

// registers is the rotating set of them.
type registers struct {
	root  string
	next  atomic.Int64
	value atomic.Int64
	mutex sync.Mutex
	slots [slots]*register
	// paths are all that were ever created, for reading them back.
	paths []string
}

// pick takes one use of a register; where it was used up, it is a fresh one, for the caller to create.
func (r *registers) pick() (slot int, picked *register, fresh bool) {
	slot = rand.IntN(slots)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if current := r.slots[slot]; current != nil && current.left.Add(-1) >= 0 {
		return slot, current, false
	}
	picked = &register{path: fmt.Sprintf("%s/registers/%d", r.root, r.next.Add(1))}
	picked.left.Store(opsPerRegister)
	r.slots[slot] = picked
	return slot, picked, true
}

// peek returns a register that is in use, if the first one looked at is.
func (r *registers) peek() (*register, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	current := r.slots[rand.IntN(slots)]
	return current, current != nil && current.ready.Load() && current.left.Load() > 0
}

// drop has a register replaced whose creation may not have happened.
func (r *registers) drop(slot int, dropped *register) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.slots[slot] == dropped {
		r.slots[slot] = nil
	}
}

func (r *registers) created(path string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.paths = append(r.paths, path)
}

func (r *registers) all() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]string(nil), r.paths...)
}

func encode(value int64) []byte { return []byte(strconv.FormatInt(value, 10) + " " + padded) }

func decode(data []byte) int64 {
	text, _, _ := strings.Cut(string(data), " ")
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1 // no write's value: the check reports it
	}
	return value
}

// one does an operation on a register.
func (d *driver) one(s *session) {
	slot, register, fresh := d.registers.pick()
	if fresh {
		d.init(s, slot, register)
	}
	if !register.ready.Load() {
		return
	}
	switch dice := rand.IntN(100); {
	case dice < 62:
		d.write(s, register, history.Set)
	case dice < 80:
		d.write(s, register, history.Cas)
	case dice < 92:
		d.read(s, register, history.Read)
	case dice < 96:
		d.read(s, register, history.SyncRead)
	default:
		d.read(s, register, history.WriteRead)
	}
}

func (d *driver) init(s *session, slot int, register *register) {
	value := d.registers.value.Add(1)
	record := d.begin(s, history.Init, register.path)
	_, err := s.Create(register.path, encode(value), 0, zk.WorldACL(zk.PermAll))
	record.Value = value
	d.end(s, &record, err)
	if err != nil {
		d.registers.drop(slot, register)
		return
	}
	d.registers.created(register.path)
	register.ready.Store(true)
}

func (d *driver) write(s *session, register *register, kind history.Kind) {
	value, expected := d.registers.value.Add(1), int32(-1)
	if kind == history.Cas {
		expected = register.version.Load()
	}
	record := d.begin(s, kind, register.path)
	stat, err := s.Set(register.path, encode(value), expected)
	record.Value, record.Expected = value, expected
	if err == nil {
		record.Version, record.Zxid = stat.Version, stat.Mzxid
	}
	d.end(s, &record, err)
	register.saw(record)
}

func (d *driver) read(s *session, register *register, kind history.Kind) {
	record := d.begin(s, kind, register.path)
	var err error
	switch kind {
	case history.SyncRead:
		_, err = s.Sync(register.path)
	case history.WriteRead:
		_, err = s.Set(s.own, nil, -1)
	}
	if err != nil {
		d.end(s, &record, err)
		return
	}
	data, stat, err := s.Get(register.path)
	d.endRead(s, &record, data, stat, err)
	register.saw(record)
}

// saw notes the newest version, for the next compare-and-set.
func (r *register) saw(record history.Record) {
	for known := r.version.Load(); record.Result == history.OK && record.Version > known; known = r.version.Load() {
		if r.version.CompareAndSwap(known, record.Version) {
			return
		}
	}
}
