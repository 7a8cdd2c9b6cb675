package check

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	. "zookeeper-environment/faults/workload/history"
)

// reportOf checks records; times are in milliseconds, for the eye.
func reportOf(t *testing.T, records ...Record) *Report {
	t.Helper()
	var text bytes.Buffer
	coder := json.NewEncoder(&text)
	for _, r := range records {
		r.Start, r.End = r.Start*int64(time.Millisecond), r.End*int64(time.Millisecond)
		if err := coder.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	report, err := History(&text, Options{Expiry: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// wantOnly asserts that these checks, and no others, found something.
func wantOnly(t *testing.T, report *Report, checks ...string) {
	t.Helper()
	for _, name := range names {
		wanted := false
		for _, check := range checks {
			wanted = wanted || check == name
		}
		if found := report.Violated(name); (found > 0) != wanted {
			t.Errorf("%s: %d violations, wanted any: %v\n%+v", name, found, wanted, report.Violations)
		}
	}
}

func with(records []Record, more ...Record) []Record {
	return append(append([]Record(nil), records...), more...)
}

func write(kind Kind, session, start, end, value int64, version int32) Record {
	return Record{Kind: kind, Session: session, Key: "/r", Start: start, End: end, Result: OK, Value: value,
		Version: version, Zxid: 100 + int64(version), Expected: version - 1}
}

func read(kind Kind, session, start, end, value int64, version int32) Record {
	return Record{Kind: kind, Session: session, Connection: 1, Key: "/r", Start: start, End: end, Result: OK,
		Value: value, Version: version, Zxid: 100 + int64(version)}
}

func final(server, value int64, version int32) Record {
	return read(Final, 90+server, 9000, 9001, value, version)
}

func failed(r Record, note string) Record {
	r.Result, r.Note, r.Version, r.Zxid = Failed, note, 0, 0
	return r
}

func unknown(r Record) Record {
	r.Result, r.Note, r.Version, r.Zxid = Unknown, "zk: connection closed", 0, 0
	return r
}

var whole = Record{Kind: Complete, Start: 9999, End: 9999, Value: 2}

// base is a register that two sessions wrote: versions 0 to 2.
var base = []Record{
	write(Init, 1, 0, 10, 1, 0),
	write(Set, 1, 20, 30, 2, 1),
	write(Cas, 2, 40, 50, 3, 2),
	whole,
}

func TestCleanRegister(t *testing.T) {
	report := reportOf(t, with(base,
		failed(Record{Kind: Cas, Session: 1, Key: "/r", Start: 60, End: 70, Value: 4, Expected: 1}, VersionMismatch),
		read(Read, 3, 60, 61, 2, 1), // stale, by a session that saw nothing newer
		read(SyncRead, 3, 62, 65, 3, 2),
		failed(write(Set, 1, 80, 90, 5, 3), "not sent"),
		final(1, 3, 2), final(2, 3, 2))...)
	wantOnly(t, report)
	if report.Acknowledged != 3 || report.Failed != 2 || report.Unknown != 0 {
		t.Errorf("counts: %+v", report)
	}
}

func TestUnknownWriteMayOrMayNotHappen(t *testing.T) {
	lost := unknown(write(Set, 1, 55, 58, 4, 3))
	wantOnly(t, reportOf(t, with(base, lost, final(1, 3, 2), final(2, 3, 2))...))
	wantOnly(t, reportOf(t, with(base, lost, final(1, 4, 3), final(2, 4, 3))...))
	// Much later, even after another write.
	wantOnly(t, reportOf(t, with(base, lost, write(Set, 2, 100, 110, 5, 3), final(1, 4, 4), final(2, 4, 4))...))
	unknownCas := unknown(Record{Kind: Cas, Session: 1, Key: "/r", Start: 52, End: 58, Value: 4, Expected: 2})
	wantOnly(t, reportOf(t, with(base, unknownCas, final(1, 4, 3), final(2, 4, 3))...))
}

func TestLostWrite(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, final(1, 3, 2), final(2, 2, 1))...), Lost, Linearizable)
}

func TestLostNode(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, final(1, 3, 2), Record{Kind: Final, Key: "/r", Start: 9000, End: 9001, Result: OK, Version: Absent})...),
		Lost, Linearizable)
}

func TestReplacedWrite(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, final(1, 3, 2), final(2, 77, 2))...), Lost, Linearizable, InOrder)
}

func TestVersionAcknowledgedTwice(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, write(Set, 3, 41, 51, 9, 2), final(1, 3, 2), final(2, 3, 2))...), Lost, Linearizable, InOrder)
}

func TestWriteOutOfOrder(t *testing.T) {
	// Version 4 had been acknowledged before the write of version 3 began.
	wantOnly(t, reportOf(t, with(base, write(Set, 1, 60, 70, 5, 4), write(Set, 2, 80, 90, 4, 3), final(1, 5, 4), final(2, 5, 4))...), Linearizable)
}

func TestCasThatShouldHaveFailed(t *testing.T) {
	wrong := write(Cas, 2, 60, 70, 4, 3)
	wrong.Expected = 1
	wantOnly(t, reportOf(t, with(base, wrong, final(1, 4, 3), final(2, 4, 3))...), Linearizable)
}

func TestCasThatShouldHaveWon(t *testing.T) {
	lost := failed(Record{Kind: Cas, Session: 1, Key: "/r", Start: 60, End: 70, Value: 4, Expected: 2}, VersionMismatch)
	wantOnly(t, reportOf(t, with(base, lost, final(1, 3, 2), final(2, 3, 2))...), Linearizable)
}

func TestStaleSyncRead(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, read(SyncRead, 3, 60, 65, 2, 1), final(1, 3, 2), final(2, 3, 2))...), Synced)
	// Before the register was there.
	missing := Record{Kind: SyncRead, Session: 3, Key: "/r", Start: 60, End: 65, Result: OK, Version: Absent}
	wantOnly(t, reportOf(t, with(base, missing, final(1, 3, 2), final(2, 3, 2))...), Synced)
}

func TestStaleReadBehindAWrite(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, read(WriteRead, 3, 60, 65, 2, 1), final(1, 3, 2), final(2, 3, 2))...), Linearizable)
	wantOnly(t, reportOf(t, with(base, read(WriteRead, 3, 60, 65, 3, 2), final(1, 3, 2), final(2, 3, 2))...))
}

func TestStaleReadOfASessionThatChangedUnderWay(t *testing.T) {
	for _, kind := range []Kind{SyncRead, WriteRead} {
		wantOnly(t, reportOf(t, with(base, read(kind, 0, 60, 65, 2, 1), final(1, 3, 2), final(2, 3, 2))...))
	}
}

func TestSyncReadOfWhatIsNotThereYet(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, read(SyncRead, 3, 15, 18, 3, 2), final(1, 3, 2), final(2, 3, 2))...), Linearizable)
}

func TestReadOfWhatNobodyWrote(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, read(SyncRead, 3, 60, 65, 8, 2), final(1, 3, 2), final(2, 3, 2))...), Linearizable, InOrder)
}

func TestSessionGoesBack(t *testing.T) {
	back := with(base, read(Read, 3, 60, 61, 3, 2), read(Read, 3, 62, 63, 2, 1), final(1, 3, 2), final(2, 3, 2))
	wantOnly(t, reportOf(t, back...), InOrder)
	// Under way at the same time, their order is open.
	overlapping := with(base, read(Read, 3, 60, 63, 3, 2), read(Read, 3, 62, 64, 2, 1), final(1, 3, 2), final(2, 3, 2))
	wantOnly(t, reportOf(t, overlapping...))
}

func TestSessionMissesItsOwnWrite(t *testing.T) {
	wantOnly(t, reportOf(t, with(base, read(Read, 2, 60, 61, 2, 1), final(1, 3, 2), final(2, 3, 2))...), InOrder)
}

func TestSessionGoesBackAcrossRegisters(t *testing.T) {
	other := Record{Kind: Read, Session: 3, Key: "/other", Start: 60, End: 61, Result: OK, Value: 50, Zxid: 500}
	wantOnly(t, reportOf(t, with(base, other, read(Read, 3, 70, 71, 2, 1), final(1, 3, 2), final(2, 3, 2))...), InOrder)
}

func TestUnfinishedHistory(t *testing.T) {
	wantOnly(t, reportOf(t, base[:3]...), Whole)
	wantOnly(t, reportOf(t, with(base, final(1, 3, 2))...), Whole)
}

func TestBrokenFileIsAnError(t *testing.T) {
	if _, err := History(strings.NewReader(`{"k":"set"}`+"\n"+`{"k":`), Options{}); err == nil || !strings.Contains(err.Error(), "record 2") {
		t.Errorf("error %v, wanted one that names record 2", err)
	}
}
