package check

import (
	"slices"
	"time"

	"zookeeper-environment/faults/workload/history"
)

// checkEphemerals checks that an ephemeral node is there while its session lives, and goes when that ends.
func (r *Report) checkEphemerals(c *collected, expiry time.Duration) {
	for node, records := range c.ephemerals {
		r.checked(Ephemeral, 1)
		created, lastAlive, ended := lifetime(records)
		for _, record := range records {
			if record.Kind != history.EphemeralSeen || record.Result != history.OK {
				continue
			}
			if record.Session == 0 {
				continue // another session looked than wrote, perhaps at another server
			}
			there := record.Version == 1
			switch {
			case !there && created != 0 && record.Start > created && record.End < lastAlive:
				r.violated(Ephemeral, node, "it was not there at %s, and its session still lived at %s", time.Duration(record.End), time.Duration(lastAlive))
			case there && ended != 0 && c.serving(ended, record.Start) > expiry:
				r.violated(Ephemeral, node, "it was there at %s, and its session had ended at %s", time.Duration(record.Start), time.Duration(ended))
			}
		}
	}
}

// lifetime is when the node's creation was acknowledged, when its session was last known to live, and when that
// ended; 0 for what did not happen.
func lifetime(records []history.Record) (created, lastAlive, ended int64) {
	for _, record := range records {
		switch {
		case record.Kind == history.EphemeralEnd:
			ended = record.End
		case record.Result != history.OK:
		case record.Kind == history.EphemeralCreate:
			created = record.End
		case record.Kind == history.EphemeralAlive:
			lastAlive = max(lastAlive, record.Start)
		}
	}
	return created, lastAlive, ended
}

// election is how long no write is acknowledged at least where there is no leader, as on a machine that is too busy.
const election = int64(time.Second)

// lastLeader is when, from a time on and until another, writes were last acknowledged again after an election.
func (c *collected) lastLeader(from, to int64) int64 {
	first, _ := slices.BinarySearch(c.acks, from)
	last, _ := slices.BinarySearch(c.acks, to)
	for n := last - 1; n >= max(first, 1); n-- {
		if c.acks[n]-c.acks[n-1] > election {
			return c.acks[n]
		}
	}
	return from
}

// serving is how much of a time no fault was in, and no election: a session's timeout begins anew with every leader.
func (c *collected) serving(from, to int64) time.Duration {
	from = c.lastLeader(from, to)
	left, began := to-from, map[int64]int64{}
	for _, mark := range c.marks {
		if mark.Kind == history.FaultBegin {
			began[mark.Value] = mark.Start
			continue
		}
		if overlap := min(to, mark.Start) - max(from, began[mark.Value]); overlap > 0 {
			left -= overlap
		}
		delete(began, mark.Value)
	}
	for _, begin := range began {
		left -= max(0, to-max(from, begin))
	}
	return time.Duration(left)
}
