package check

import (
	"slices"
	"time"

	"zookeeper-environment/faults/workload/history"
)

// Window is what clients saw of a fault, from its beginning until the ensemble was fully redundant again.
type Window struct {
	Fault  string `json:"fault"`
	Number int64  `json:"number"`
	// Redundant is how long that took, in milliseconds.
	Redundant float64 `json:"redundant"`
	// Gap is the longest time without an acknowledged write, in milliseconds.
	Gap          float64 `json:"gap"`
	Acknowledged int64   `json:"acknowledged"`
	// Failed are operations that were rejected or never sent, lost compare-and-sets not counted.
	Failed  int64 `json:"failed"`
	Unknown int64 `json:"unknown"`
}

func milliseconds(nanoseconds int64) float64 {
	return float64(time.Duration(nanoseconds).Microseconds()) / 1000
}

// measure finds each fault's figures; c.acks is sorted.
func (r *Report) measure(c *collected) {
	began := map[int64]int64{}
	for _, mark := range c.marks {
		if mark.Kind == history.FaultBegin {
			began[mark.Value] = mark.Start
			continue
		}
		from, known := began[mark.Value]
		if !known {
			continue
		}
		window := Window{Fault: mark.Note, Number: mark.Value, Redundant: milliseconds(mark.Start - from)}
		window.Gap, window.Acknowledged = longestGap(c.acks, from, mark.Start)
		for _, failure := range c.failures {
			switch {
			case failure.End < from || failure.End > mark.Start || failure.Note == history.VersionMismatch:
			case failure.Result == history.Failed:
				window.Failed++
			default:
				window.Unknown++
			}
		}
		r.Windows = append(r.Windows, window)
	}
	if len(c.acks) > 0 {
		r.LongestGap, _ = longestGap(c.acks, c.acks[0], c.acks[len(c.acks)-1])
	}
}

// longestGap is the longest time between two neighbours that lies in a window at least in part: a gap that began in
// it counts in full. It also counts the acknowledgements in the window.
func longestGap(acks []int64, from, to int64) (gap float64, acknowledged int64) {
	first, _ := slices.BinarySearch(acks, from)
	longest, previous := int64(0), from
	if first > 0 {
		previous = acks[first-1]
	}
	for _, ack := range acks[first:] {
		longest = max(longest, ack-previous)
		previous = ack
		if ack > to {
			break
		}
		acknowledged++
	}
	// Nothing was acknowledged up to the end of the window.
	longest = max(longest, to-previous)
	return milliseconds(longest), acknowledged
}
