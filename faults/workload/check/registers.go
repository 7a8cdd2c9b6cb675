package check

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"zookeeper-environment/faults/workload/history"
)

// undecidedAfter is how long the search for an order of one register's operations may take.
const undecidedAfter = 2 * time.Minute

// state is a register's: the version decides the value, and both must agree.
type state struct {
	version int32
	value   int64
}

// registerModel is what one register does when its operations come one after the other.
var registerModel = porcupine.Model{
	Init: func() any { return state{history.Absent, 0} },
	Step: func(before, input, _ any) (bool, any) {
		s, ok := before.(state)
		if !ok {
			return false, before
		}
		r, ok := input.(history.Record)
		if !ok {
			return false, before
		}
		legal, after := step(s, &r)
		return legal, after
	},
	Equal: func(a, b any) bool { return a == b },
	Hash: func(s any) uint64 {
		if s, ok := s.(state); ok {
			return uint64(s.version)*0x9e3779b97f4a7c15 ^ uint64(s.value)
		}
		return 0
	},
}

func step(s state, r *history.Record) (bool, state) {
	written := state{s.version + 1, r.Value}
	applies := s.version != history.Absent
	switch r.Kind {
	case history.Init:
		applies = s.version == history.Absent
	case history.Cas:
		applies = applies && s.version == r.Expected
	case history.Set:
	default:
		return s.version == r.Version && (s.version == history.Absent || s.value == r.Value), s
	}
	switch {
	case r.Result == history.Unknown && !applies:
		return true, s
	case r.Result == history.Unknown:
		return true, written
	case r.Result == history.Failed:
		// Only rejected operations come here; each says something about the state.
		return !applies && (r.Note != history.NoNode || s.version == history.Absent), s
	default:
		return applies && r.Version == written.version, written
	}
}

// operations are what the model checks: what certainly had no effect, and reads without an answer, say nothing.
func operations(records []history.Record) []porcupine.Operation {
	var found []porcupine.Operation
	for _, r := range records {
		returned := r.End
		isWrite := r.IsWrite()
		switch {
		case r.Kind == history.Read || r.Kind == history.Watch:
			continue // may be stale: checked by session
		case r.Session == 0 && (r.Kind == history.SyncRead || r.Kind == history.WriteRead):
			continue // another session read than wrote, perhaps from another server
		case !isWrite && r.Result != history.OK:
			continue
		case r.Result == history.Failed && r.Note != history.VersionMismatch && r.Note != history.NoNode:
			continue
		case r.Result == history.Unknown:
			returned = math.MaxInt64
		}
		found = append(found, porcupine.Operation{Input: r, Call: r.Start, Return: returned})
	}
	return found
}

func (r *Report) checkRegisters(registers map[string][]history.Record) {
	keys := make(chan string)
	var mutex sync.Mutex
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for key := range keys {
				ops := operations(withoutIdle(registers[key]))
				result := porcupine.CheckOperationsTimeout(registerModel, ops, undecidedAfter)
				staleOnly := result == porcupine.Illegal &&
					porcupine.CheckOperationsTimeout(registerModel, withStaleSyncs(ops), undecidedAfter) == porcupine.Ok
				mutex.Lock()
				synced := syncReads(ops)
				r.checked(Linearizable, len(ops)-synced)
				r.checked(Synced, synced)
				switch {
				case staleOnly:
					r.violated(Synced, key, "a read behind a sync returned what had been replaced before the sync began"+whySynced)
				case result == porcupine.Illegal:
					r.violated(Linearizable, key, "no order of its %d operations explains what they returned", len(ops))
				case result == porcupine.Unknown:
					r.violated(Linearizable, key, "undecided after %s", undecidedAfter)
				}
				mutex.Unlock()
			}
		})
	}
	for key := range registers {
		keys <- key
	}
	close(keys)
	workers.Wait()
}

func isSyncRead(operation porcupine.Operation) bool {
	r, ok := operation.Input.(history.Record)
	return ok && r.Kind == history.SyncRead
}

func syncReads(operations []porcupine.Operation) int {
	count := 0
	for _, operation := range operations {
		if isSyncRead(operation) {
			count++
		}
	}
	return count
}

// withStaleSyncs are the operations with every read behind a sync free to return what was there at any time before:
// what they explain then is stale, and nothing worse.
func withStaleSyncs(operations []porcupine.Operation) []porcupine.Operation {
	freed := slices.Clone(operations)
	for n := range freed {
		if isSyncRead(freed[n]) {
			freed[n].Call = 0
		}
	}
	return freed
}

// withoutIdle leaves out unknown writes that no version is left for: where every version up to the last one read back
// has an acknowledged writer, they had no effect, and trying them everywhere would only cost time.
func withoutIdle(records []history.Record) []history.Record {
	last, writers := int32(-1), map[int32]bool{}
	final := false
	for _, r := range records {
		if r.Result != history.OK {
			continue
		}
		last = max(last, r.Version)
		final = final || r.Kind == history.Final
		if r.IsWrite() {
			writers[r.Version] = true
		}
	}
	if !final || len(writers) != int(last)+1 {
		return records
	}
	return slices.DeleteFunc(slices.Clone(records), func(r history.Record) bool {
		return r.Result == history.Unknown && r.IsWrite()
	})
}

// checkLost says it in the plainest way: what was acknowledged last is what each server answers in the end.
func (r *Report) checkLost(c *collected) {
	for key, records := range c.registers {
		version, written := history.Absent, map[int32]history.Record{}
		for _, record := range records {
			if !record.IsWrite() || record.Result != history.OK {
				continue
			}
			r.checked(Lost, 1)
			if other, twice := written[record.Version]; twice {
				r.violated(Lost, key, "version %d was acknowledged twice, for values %d and %d", record.Version, other.Value, record.Value)
			}
			written[record.Version] = record
			version = max(version, record.Version)
		}
		for _, record := range records {
			if record.Kind != history.Final || record.Result != history.OK {
				continue
			}
			if record.Version < version {
				r.violated(Lost, key, "version %d was acknowledged, and in the end it has version %d", version, record.Version)
			}
			if writer, known := written[record.Version]; known && writer.Value != record.Value {
				r.violated(Lost, key, "version %d was acknowledged with value %d, and in the end it has value %d", record.Version, writer.Value, record.Value)
			}
		}
		if c.complete && version != history.Absent && finals(records) < c.servers {
			r.violated(Whole, key, "it was read back from %d of %d servers", finals(records), c.servers)
		}
	}
}

func finals(records []history.Record) int64 {
	count := int64(0)
	for _, r := range records {
		if r.Kind == history.Final && r.Result == history.OK {
			count++
		}
	}
	return count
}
