package check

import (
	"fmt"
	"testing"

	. "zookeeper-environment/faults/workload/history"
)

func sequential(start, end int64, name string) Record {
	return Record{Kind: Sequential, Session: 1, Key: "/q", Start: start, End: end, Result: OK, Note: name}
}

func listed(name string, servers ...int64) (found []Record) {
	for _, server := range servers {
		found = append(found, Record{Kind: Listed, Key: "/q", Start: 9000, End: 9000, Note: name, Value: server})
	}
	return found
}

func sequences(created []Record, names ...string) []Record {
	for _, name := range names {
		created = append(created, listed(name, 0, 1)...)
	}
	return append(created, whole)
}

func TestCleanSequence(t *testing.T) {
	wantOnly(t, reportOf(t, sequences([]Record{
		sequential(0, 10, "n-0000000000"), sequential(5, 30, "n-0000000002"), sequential(8, 20, "n-0000000001"),
		{Kind: Sequential, Key: "/q", Start: 30, End: 40, Result: Unknown},
	}, "n-0000000000", "n-0000000001", "n-0000000002", "n-0000000003")...))
}

func TestNumberGivenTwice(t *testing.T) {
	wantOnly(t, reportOf(t, sequences([]Record{
		sequential(0, 10, "n-0000000000"), sequential(5, 15, "n-0000000000"),
	}, "n-0000000000")...), Sequence)
}

func TestNumberGoesBack(t *testing.T) {
	wantOnly(t, reportOf(t, sequences([]Record{
		sequential(0, 10, "n-0000000005"), sequential(20, 30, "n-0000000004"),
	}, "n-0000000005", "n-0000000004")...), Sequence)
}

func TestLostSequentialNode(t *testing.T) {
	wantOnly(t, reportOf(t, append(listed("n-0000000000", 0), sequential(0, 10, "n-0000000000"), whole)...), Lost)
}

func ephemeral(kind Kind, start, end int64, version int32) Record {
	return Record{Kind: kind, Session: 7, Key: "/e", Start: start, End: end, Result: OK, Version: version}
}

func TestCleanEphemeral(t *testing.T) {
	wantOnly(t, reportOf(t,
		ephemeral(EphemeralSeen, 0, 4, 0), ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralSeen, 6, 8, 1),
		ephemeral(EphemeralAlive, 9, 10, 0), ephemeral(EphemeralEnd, 20, 21, 0),
		ephemeral(EphemeralSeen, 5000, 5001, 1), ephemeral(EphemeralSeen, 7000, 7001, 0), whole))
}

func TestEphemeralGoneBeforeItsSession(t *testing.T) {
	wantOnly(t, reportOf(t, ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralSeen, 6, 8, 0),
		ephemeral(EphemeralAlive, 9, 10, 0), ephemeral(EphemeralEnd, 20, 21, 0), whole), Ephemeral)
	// A session that expired may lose it.
	expired := ephemeral(EphemeralAlive, 9, 10, 0)
	expired.Result, expired.Note = Failed, "session expired"
	wantOnly(t, reportOf(t, ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralSeen, 6, 8, 0), expired, whole))
}

func TestEphemeralMissedByAStaleRead(t *testing.T) {
	// Seen later, it was not gone; but a read behind a write must not be stale.
	wantOnly(t, reportOf(t, ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralSeen, 6, 8, 0), ephemeral(EphemeralSeen, 9, 10, 1),
		ephemeral(EphemeralAlive, 11, 12, 0), ephemeral(EphemeralEnd, 20, 21, 0), whole), Ephemeral)
	wantOnly(t, reportOf(t, ephemeral(EphemeralCreate, 1, 2, 0), ephemeral(EphemeralSeen, 3, 4, 1), ephemeral(EphemeralSeen, 6, 8, 0),
		ephemeral(EphemeralSeen, 9, 10, 1), ephemeral(EphemeralAlive, 11, 12, 0), ephemeral(EphemeralEnd, 20, 21, 0), whole), Ephemeral)
}

func TestEphemeralMissedByANewSession(t *testing.T) {
	stale := ephemeral(EphemeralSeen, 6, 8, 0)
	stale.Session = 0
	wantOnly(t, reportOf(t, ephemeral(EphemeralCreate, 1, 5, 0), stale, ephemeral(EphemeralSeen, 9, 10, 1),
		ephemeral(EphemeralAlive, 11, 12, 0), ephemeral(EphemeralEnd, 20, 21, 0), whole))
}

func TestEphemeralOutlivesItsSession(t *testing.T) {
	records := []Record{ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralEnd, 20, 21, 0),
		ephemeral(EphemeralSeen, 40_000, 40_001, 1), whole}
	wantOnly(t, reportOf(t, records...), Ephemeral)
	// Without a quorum nothing expires.
	wantOnly(t, reportOf(t, append(records,
		Record{Kind: FaultBegin, Start: 100, End: 100, Note: "all-killed", Value: 1},
		Record{Kind: FaultEnd, Start: 20_000, End: 20_000, Note: "all-killed", Value: 1})...))
}

func TestEphemeralWaitsForALeader(t *testing.T) {
	records := []Record{ephemeral(EphemeralCreate, 1, 5, 0), ephemeral(EphemeralEnd, 20, 21, 0),
		ephemeral(EphemeralSeen, 40_000, 40_001, 1), whole}
	write := func(at int64) Record { return sequential(at, at, fmt.Sprintf("n-%010d", at)) }
	acknowledged := append(records, write(100), write(30_000))
	for _, name := range []string{"n-0000000100", "n-0000030000"} {
		acknowledged = append(acknowledged, listed(name, 0, 1)...)
	}
	wantOnly(t, reportOf(t, acknowledged...))
	late := append(acknowledged, ephemeral(EphemeralSeen, 70_000, 70_001, 1))
	wantOnly(t, reportOf(t, late...), Ephemeral)
}

func event(at int64) Record { return Record{Kind: Event, Session: 3, Key: "/r", Start: at, End: at} }

// watched is base read back, with a watch on version 1 that session 3 set.
func watched(more ...Record) []Record {
	return append(with(base, final(1, 3, 2), final(2, 3, 2), read(Watch, 3, 32, 35, 2, 1)), more...)
}

func TestCleanWatch(t *testing.T) {
	wantOnly(t, reportOf(t, watched(event(48), read(Read, 3, 49, 55, 3, 2))...))
	// Set again while the old one still waits.
	wantOnly(t, reportOf(t, watched(read(Watch, 3, 36, 37, 2, 1), event(48), read(Watch, 3, 49, 55, 3, 2))...))
}

func TestWatchOfASessionThatChangedUnderWay(t *testing.T) {
	unsure := read(Watch, 0, 36, 37, 2, 1)
	second := read(Read, 3, 53, 55, 3, 2)
	wantOnly(t, reportOf(t, watched(unsure, event(48), event(52), second)...))
	wantOnly(t, reportOf(t, watched(unsure, event(48), event(52), event(54), second)...), Watches)
}

func TestWatchFiresTwice(t *testing.T) {
	wantOnly(t, reportOf(t, watched(event(48), event(52))...), Watches)
}

func TestWatchThatNobodySet(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, event(48), final(1, 3, 2), final(2, 3, 2))...), Watches)
}

func TestWatchFiresAfterTheRead(t *testing.T) {
	wantOnly(t, reportOf(t, watched(read(Read, 3, 49, 55, 3, 2), event(60))...), Watches)
}

func TestWatchNeverFires(t *testing.T) {
	wantOnly(t, reportOf(t, watched(read(Read, 3, 49, 55, 3, 2))...), Watches)
}

func TestWatchFiresWithoutAChange(t *testing.T) {
	wantOnly(t, reportOf(t, watched(event(38), read(Read, 3, 39, 39, 2, 1))...), Watches)
}

func TestWindows(t *testing.T) {
	report := reportOf(t, with(base,
		Record{Kind: FaultBegin, Start: 35, End: 35, Note: "leader-killed", Value: 4},
		unknown(write(Set, 1, 32, 60, 8, 0)),
		failed(write(Set, 1, 61, 62, 9, 0), "not sent"),
		failed(Record{Kind: Cas, Session: 1, Key: "/r", Start: 60, End: 70, Value: 4, Expected: 1}, VersionMismatch),
		write(Set, 2, 70, 950, 5, 3),
		Record{Kind: FaultEnd, Start: 1500, End: 1500, Note: "leader-killed", Value: 4},
		write(Set, 2, 1700, 1800, 6, 4), final(1, 6, 4), final(2, 6, 4))...)
	wantOnly(t, report)
	want := Window{Fault: "leader-killed", Number: 4, Began: 35, Ended: 1500, Redundant: 1465, Gap: 900, GapBegan: 50,
		Acknowledged: 2, Failed: 1, Unknown: 1}
	if len(report.Windows) != 1 || report.Windows[0] != want {
		t.Errorf("windows %+v, wanted %+v", report.Windows, want)
	}
	if report.LongestGap != 900 {
		t.Errorf("longest gap %v", report.LongestGap)
	}
}

func TestWatchAfterReconnecting(t *testing.T) {
	newer := read(Read, 3, 49, 55, 3, 2)
	newer.Connection = 2
	wantOnly(t, reportOf(t, watched(newer, event(60))...))
	wantOnly(t, reportOf(t, watched(newer)...))
	wantOnly(t, reportOf(t, watched(newer, event(11_000))...), Watches)
	// The new connection lasted, and the event never came.
	later := read(Read, 3, 10_100, 10_101, 3, 2)
	later.Connection = 2
	wantOnly(t, reportOf(t, watched(newer, later)...), Watches)
}
