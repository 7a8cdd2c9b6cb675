package check

import (
	"slices"
	"testing"

	. "zookeeper-environment/faults/workload/history"
)

func mark(kind Kind, at, number int64) Record {
	return Record{Kind: kind, Start: at, End: at, Note: "leader-killed", Value: number}
}

func TestWritesInEachSecond(t *testing.T) {
	report := reportOf(t, with(base,
		write(Set, 1, 900, 999, 4, 3), write(Set, 1, 990, 1000, 5, 4), write(Set, 1, 3000, 3100, 6, 5),
		mark(FaultBegin, 3200, 1), mark(FaultEnd, 5100, 1), final(1, 6, 5), final(2, 6, 5))...)
	wantOnly(t, report)
	// The fault ends after the last write: its seconds without one are there, too.
	if want := []int64{4, 1, 0, 1, 0, 0}; !slices.Equal(report.PerSecond, want) {
		t.Errorf("writes in each second: %v, wanted %v", report.PerSecond, want)
	}
}

func TestSecondsOfAnEmptyHistory(t *testing.T) {
	if report := reportOf(t); !slices.Equal(report.PerSecond, []int64{0}) {
		t.Errorf("writes in each second: %v, wanted one of 0", report.PerSecond)
	}
}

func TestWhenFaultsBeganAndEnded(t *testing.T) {
	report := reportOf(t, with(base, mark(FaultBegin, 60, 1), write(Set, 1, 70, 800, 4, 3), mark(FaultEnd, 900, 1),
		write(Set, 1, 1000, 1010, 5, 4), mark(FaultBegin, 1020, 2), final(1, 5, 4), final(2, 5, 4))...)
	wantOnly(t, report)
	if len(report.Windows) != 1 {
		t.Fatalf("windows: %+v", report.Windows)
	}
	// The gap began with the last write before the fault.
	if w := report.Windows[0]; w.Began != 60 || w.Ended != 900 || w.GapBegan != 50 || w.Gap != 750 || w.Redundant != 840 {
		t.Errorf("window: %+v", w)
	}
	want := []Begun{{Fault: "leader-killed", Number: 2, Began: 1020}}
	if !slices.Equal(report.Unended, want) {
		t.Errorf("faults that did not end: %+v, wanted %+v", report.Unended, want)
	}
}
