package check

import (
	"slices"
	"time"

	"zookeeper-environment/faults/workload/history"
)

// watchKey is what a watch belongs to: a server keeps at most one for a session and a node.
type watchKey struct {
	session int64
	key     string
}

// checkWatches checks that a watch fires at most once for each time that it was set, and before its session can read
// what it was set to wait for.
func (r *Report) checkWatches(watches map[watchKey][]history.Record) {
	for key, records := range watches {
		if key.session == 0 || !slices.ContainsFunc(records, isWatching) {
			continue
		}
		r.checkOneWatch(key, records, watches[watchKey{key: key.key}])
	}
}

func isWatching(r history.Record) bool { return r.Kind == history.Watch || r.Kind == history.Event }

func settings(records []history.Record) []history.Record {
	var sets []history.Record
	for _, record := range records {
		if record.Kind == history.Watch && record.Result == history.OK {
			sets = append(sets, record)
		}
	}
	return sets
}

// checkOneWatch checks one session's watches on one node. The records in unsure are of a session that changed under
// way: each may have set a watch of this session.
func (r *Report) checkOneWatch(key watchKey, records, unsure []history.Record) {
	var events []history.Record
	sets := settings(records)
	for _, record := range records {
		if record.Kind == history.Event {
			events = append(events, record)
		}
	}
	slices.SortFunc(events, func(a, b history.Record) int { return compare(a.Start, b.Start) })
	for n, event := range events {
		r.checked(Watches, 1)
		// Every event uses up a setting that was asked for before it.
		asked := 0
		for _, set := range slices.Concat(sets, settings(unsure)) {
			if set.Start < event.Start {
				asked++
			}
		}
		if n+1 > asked {
			r.violated(Watches, key.key, "session %#x got its event number %d when it had set %d watches", key.session, n+1, asked)
		}
	}
	for _, set := range sets {
		r.checked(Watches, 1)
		r.checkOrder(key, set, events, records)
	}
}

// resetWithin is how long an event may take to follow a read on another connection than the watch was set on: there
// the client sets its watches again, and this one does not hold back other operations until it has.
const resetWithin = int64(10 * time.Second)

// checkOrder checks one setting: no newer version is read before its event, and what is read after that is newer.
func (r *Report) checkOrder(key watchKey, set history.Record, events, records []history.Record) {
	fired := history.Record{}
	for _, event := range events {
		if event.Start > set.Start {
			fired = event
			break
		}
	}
	for _, read := range records {
		if read.Kind == history.Event || read.Result != history.OK || read.Start < set.End {
			continue
		}
		newer := read.Version > set.Version
		switch {
		case newer && (fired.Kind == "" || fired.Start > read.End) && !excused(set, read, fired, records):
			r.violated(Watches, key.key, "session %#x read version %d before the event of its watch on version %d", key.session, read.Version, set.Version)
			return
		case fired.Kind != "" && fired.Start > set.End && fired.Start < read.Start && !newer:
			r.violated(Watches, key.key, "session %#x got the event of its watch on version %d, and then read version %d", key.session, set.Version, read.Version)
			return
		}
	}
}

// excused says whether an event may come after the read of what it announces.
func excused(set, read, fired history.Record, records []history.Record) bool {
	if read.Connection != 0 && read.Connection == set.Connection {
		return false
	}
	if fired.Kind != "" {
		return fired.Start <= read.End+resetWithin
	}
	// It never came: excused unless the same connection was there long enough for it.
	return !slices.ContainsFunc(records, func(later history.Record) bool {
		return later.Result == history.OK && later.Connection == read.Connection && read.Connection != 0 &&
			later.Start > read.End+resetWithin
	})
}
