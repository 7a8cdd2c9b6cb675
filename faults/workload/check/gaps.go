package check

import (
	"cmp"
	"slices"
	"time"

	"zookeeper-environment/faults/workload/history"
)

// Window is what clients saw of a fault, from its beginning until the ensemble was fully redundant again.
type Window struct {
	Fault  string `json:"fault"`
	Number int64  `json:"number"`
	// Began and Ended are milliseconds since the run began.
	Began float64 `json:"began"`
	Ended float64 `json:"ended"`
	// Redundant is how long that took, in milliseconds.
	Redundant float64 `json:"redundant"`
	// Gap is the longest time without an acknowledged write, in milliseconds.
	Gap float64 `json:"gap"`
	// GapBegan is when that began, in milliseconds since the run began; it may be before the fault.
	GapBegan     float64 `json:"gapBegan"`
	Acknowledged int64   `json:"acknowledged"`
	// Failed are operations that were rejected or never sent, lost compare-and-sets not counted.
	Failed  int64 `json:"failed"`
	Unknown int64 `json:"unknown"`
}

// Begun is a fault that began.
type Begun struct {
	Fault  string `json:"fault"`
	Number int64  `json:"number"`
	// Began is milliseconds since the run began.
	Began float64 `json:"began"`
}

func milliseconds(nanoseconds int64) float64 {
	return float64(time.Duration(nanoseconds).Microseconds()) / 1000
}

// measure finds each fault's figures; c.acks is sorted.
func (r *Report) measure(c *collected) {
	began := map[int64]history.Record{}
	for _, mark := range c.marks {
		if mark.Kind == history.FaultBegin {
			began[mark.Value] = mark
			continue
		}
		beginning, known := began[mark.Value]
		if !known {
			continue
		}
		delete(began, mark.Value)
		from := beginning.Start
		window := Window{Fault: mark.Note, Number: mark.Value, Began: milliseconds(from), Ended: milliseconds(mark.Start),
			Redundant: milliseconds(mark.Start - from)}
		gap := longestGap(c.acks, from, mark.Start)
		window.Gap, window.GapBegan, window.Acknowledged = milliseconds(gap.length), milliseconds(gap.began), gap.acknowledged
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
	for _, mark := range began {
		r.Unended = append(r.Unended, Begun{Fault: mark.Note, Number: mark.Value, Began: milliseconds(mark.Start)})
	}
	slices.SortFunc(r.Unended, func(a, b Begun) int { return cmp.Compare(a.Number, b.Number) })
	if len(c.acks) > 0 {
		r.LongestGap = milliseconds(longestGap(c.acks, c.acks[0], c.acks[len(c.acks)-1]).length)
	}
}

// gap is a time without an acknowledged write, in nanoseconds.
type gap struct {
	began, length int64
	// acknowledged is how many writes were acknowledged in the window of the gap.
	acknowledged int64
}

// longestGap is the longest time between two neighbours that lies in a window at least in part: a gap that began in
// it counts in full. It also counts the acknowledgements in the window.
func longestGap(acks []int64, from, to int64) gap {
	first, _ := slices.BinarySearch(acks, from)
	previous := from
	if first > 0 {
		previous = acks[first-1]
	}
	longest := gap{began: previous}
	note := func(until int64) {
		if until-previous > longest.length {
			longest.began, longest.length = previous, until-previous
		}
	}
	for _, ack := range acks[first:] {
		note(ack)
		previous = ack
		if ack > to {
			break
		}
		longest.acknowledged++
	}
	// Nothing was acknowledged up to the end of the window.
	note(to)
	return longest
}
