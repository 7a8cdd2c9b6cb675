// Package check validates a history: what was promised to the clients must have been kept.
package check

import (
	"fmt"
	"io"
	"slices"
	"time"

	"zookeeper-environment/faults/workload/history"
)

// Options say how strict the checks are.
type Options struct {
	// Expiry is how long after its session's end an ephemeral node may still be seen, fault windows not counted.
	Expiry time.Duration
}

// The checks by name.
const (
	Lost         = "acknowledged writes are there"
	Linearizable = "registers are linearizable, a read behind a write too"
	Synced       = "reads behind a sync are fresh (not promised)"
	InOrder      = "sessions read in order"
	Sequence     = "sequential nodes are unique and increasing"
	Ephemeral    = "ephemeral nodes live as long as their session"
	Watches      = "watches fire once and in order"
	Whole        = "everything was read back"
)

// whySynced says where to read why ZooKeeper does not promise this to clients of its leader: it is counted only.
const whySynced = "; see docs/decisions/fresh-reads.md"

var names = []string{Lost, Linearizable, Synced, InOrder, Sequence, Ephemeral, Watches, Whole}

// Report is the outcome.
type Report struct {
	Acknowledged int64 `json:"acknowledged"`
	Operations   int64 `json:"operations"`
	Failed       int64 `json:"failed"`
	Unknown      int64 `json:"unknown"`
	// Checks are how many cases each check looked at and how many of them were violations.
	Checks map[string]*Tally `json:"checks"`
	// Violations are the first ones of each check.
	Violations []Violation `json:"violations"`
	// Windows are the faults, in order.
	Windows []Window `json:"windows"`
	// Unended are the faults that began and did not end, as in a run that was interrupted.
	Unended []Begun `json:"unended"`
	// LongestGap is that in all of the run, in milliseconds.
	LongestGap float64 `json:"longestGap"`
	// PerSecond is how many writes were acknowledged in each second since the run began.
	PerSecond []int64 `json:"perSecond"`
}

// Tally counts a check's cases.
type Tally struct {
	Cases      int64 `json:"cases"`
	Violations int64 `json:"violations"`
}

// Violation is a promise that was not kept.
type Violation struct {
	Check string `json:"check"`
	Key   string `json:"key"`
	What  string `json:"what"`
}

// listedViolations is how many violations of each check are written out.
const listedViolations = 20

func (r *Report) checked(check string, cases int) { r.Checks[check].Cases += int64(cases) }

func (r *Report) violated(check, key, format string, args ...any) {
	tally := r.Checks[check]
	tally.Violations++
	if tally.Violations <= listedViolations {
		r.Violations = append(r.Violations, Violation{check, key, fmt.Sprintf(format, args...)})
	}
}

// Violated says how many violations a check found.
func (r *Report) Violated(check string) int64 { return r.Checks[check].Violations }

// collected is a history, sorted by what is checked together.
type collected struct {
	registers  map[string][]history.Record
	sequences  map[string]*sequence
	ephemerals map[string][]history.Record
	watches    map[watchKey][]history.Record
	sessions   map[int64][]history.Record
	acks       []int64
	marks      []history.Record
	failures   []history.Record
	servers    int64
	complete   bool
}

// History validates a history. The error is of reading it; violations are in the report.
func History(reader io.Reader, options Options) (*Report, error) {
	c := &collected{
		registers:  map[string][]history.Record{},
		sequences:  map[string]*sequence{},
		ephemerals: map[string][]history.Record{},
		watches:    map[watchKey][]history.Record{},
		sessions:   map[int64][]history.Record{},
	}
	report := &Report{Checks: map[string]*Tally{}, Violations: []Violation{}, Windows: []Window{}, Unended: []Begun{}}
	for _, name := range names {
		report.Checks[name] = &Tally{}
	}
	if err := history.Each(reader, func(r history.Record) { c.add(r, report) }); err != nil {
		return nil, err
	}
	report.checked(Whole, 1)
	if !c.complete {
		report.violated(Whole, "", "the history ends before everything was read back")
	}
	slices.Sort(c.acks)
	report.measure(c)
	report.PerSecond = perSecond(c.acks, c.lastMark())
	report.checkLost(c)
	report.checkRegisters(c.registers)
	report.checkSessions(c)
	report.checkSequences(c)
	report.checkEphemerals(c, options.Expiry)
	report.checkWatches(c.watches)
	return report, nil
}

func (c *collected) add(r history.Record, report *Report) {
	if r.Result != "" {
		report.Operations++
	}
	switch {
	case r.Result == history.Failed:
		report.Failed++
		c.failures = append(c.failures, r)
	case r.Result == history.Unknown:
		report.Unknown++
		c.failures = append(c.failures, r)
	case r.Result == history.OK && r.IsWrite():
		report.Acknowledged++
		c.acks = append(c.acks, r.End)
	}
	switch r.Kind {
	case history.Init, history.Set, history.Cas, history.Read, history.SyncRead, history.WriteRead, history.Watch, history.Final:
		c.registers[r.Key] = append(c.registers[r.Key], r)
		if r.Session != 0 && r.Result == history.OK {
			c.sessions[r.Session] = append(c.sessions[r.Session], r)
		}
		if r.Kind == history.Watch || r.Kind == history.Read {
			c.watches[watchKey{r.Session, r.Key}] = append(c.watches[watchKey{r.Session, r.Key}], r)
		}
	case history.Event:
		c.watches[watchKey{r.Session, r.Key}] = append(c.watches[watchKey{r.Session, r.Key}], r)
	case history.Sequential, history.Listed:
		c.sequence(r.Key).add(r)
	case history.EphemeralCreate, history.EphemeralSeen, history.EphemeralAlive, history.EphemeralEnd:
		c.ephemerals[r.Key] = append(c.ephemerals[r.Key], r)
	case history.FaultBegin, history.FaultEnd:
		c.marks = append(c.marks, r)
	case history.Complete:
		c.complete, c.servers = true, r.Value
	}
}
