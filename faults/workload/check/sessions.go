package check

import (
	"slices"
	"sort"

	"zookeeper-environment/faults/workload/history"
)

// versions are a register's known versions with the transactions that made them, oldest first.
type versions []history.Record

// at returns the newest version that was there when a transaction had been applied.
func (v versions) at(zxid int64) (history.Record, bool) {
	next := sort.Search(len(v), func(n int) bool { return v[n].Zxid > zxid })
	if next == 0 {
		return history.Record{}, false
	}
	return v[next-1], true
}

// knownVersions is what acknowledged writes and answered reads say of each register's past.
func (r *Report) knownVersions(registers map[string][]history.Record) map[string]versions {
	known := make(map[string]versions, len(registers))
	for key, records := range registers {
		var found versions
		for _, record := range records {
			if record.Result == history.OK && record.Zxid != 0 {
				found = append(found, record)
			}
		}
		slices.SortFunc(found, func(a, b history.Record) int { return compare(a.Zxid, b.Zxid) })
		for n := 1; n < len(found); n++ {
			a, b := found[n-1], found[n]
			if a.Zxid == b.Zxid && (a.Version != b.Version || a.Value != b.Value) ||
				a.Zxid != b.Zxid && a.Version >= b.Version {
				r.violated(InOrder, key, "transaction %#x made version %d (value %d), and %#x version %d (value %d)",
					a.Zxid, a.Version, a.Value, b.Zxid, b.Version, b.Value)
			}
		}
		known[key] = slices.CompactFunc(found, func(a, b history.Record) bool { return a.Zxid == b.Zxid })
	}
	return known
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// checkSessions checks that no session goes back in time: when it has seen a transaction's effect, everything that it
// asks for afterwards has that transaction's and all earlier ones' effects, its own writes among them.
func (r *Report) checkSessions(c *collected) {
	known := r.knownVersions(c.registers)
	for session, records := range c.sessions {
		byStart := slices.Clone(records)
		slices.SortFunc(byStart, func(a, b history.Record) int { return compare(a.Start, b.Start) })
		slices.SortFunc(records, func(a, b history.Record) int { return compare(a.End, b.End) })
		ended, seen := 0, int64(0)
		for _, record := range byStart {
			for ; ended < len(records) && records[ended].End < record.Start; ended++ {
				seen = max(seen, records[ended].Zxid)
			}
			if record.IsWrite() {
				continue
			}
			r.checked(InOrder, 1)
			least, any := known[record.Key].at(seen)
			if any && record.Version < least.Version {
				r.violated(InOrder, record.Key, "session %#x had seen transaction %#x, when version was %d, and then read version %d",
					session, seen, least.Version, record.Version)
			}
		}
	}
}
