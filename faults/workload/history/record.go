// Package history holds what clients did and saw: one record an operation, one JSON object a line.
package history

// Kind says what a record is of.
type Kind string

const (
	// Init creates a register: version 0.
	Init Kind = "init"
	// Set writes a register whatever its version.
	Set Kind = "set"
	// Cas writes a register if its version is the expected one.
	Cas Kind = "cas"
	// Read reads a register from whichever server the session is on; it may be stale.
	Read Kind = "read"
	// SyncRead is sync and then a read: it may be stale through the leader.
	SyncRead Kind = "syncread"
	// WriteRead is a write of a node of the session's own and then a read: it may not be stale.
	WriteRead Kind = "writeread"
	// Watch is a read that also sets a watch.
	Watch Kind = "watch"
	// Event is a watch's event as it arrived.
	Event Kind = "event"
	// Final is a read from one named server after the last fault, behind a write through it.
	Final Kind = "final"
	// Sequential creates a sequential node: Key is the parent, Note the name that the server gave.
	Sequential Kind = "sequential"
	// Listed is a sequential node that a server listed after the last fault: Key is the parent, Note its name,
	// Value the number of the server.
	Listed Kind = "listed"
	// EphemeralCreate creates an ephemeral node.
	EphemeralCreate Kind = "ephemeral-create"
	// EphemeralSeen is an existence check by another session, behind a write: Version is 1 where it was there, else 0.
	EphemeralSeen Kind = "ephemeral-seen"
	// EphemeralAlive is an operation that the owner's session got answered.
	EphemeralAlive Kind = "ephemeral-alive"
	// EphemeralEnd is the end of the owner's session, closed or abandoned.
	EphemeralEnd Kind = "ephemeral-end"
	// FaultBegin and FaultEnd bound a fault: Note is its name, Value its number.
	FaultBegin Kind = "fault-begin"
	FaultEnd   Kind = "fault-end"
	// Complete is the last record of a run that read everything back; Value is from how many servers.
	Complete Kind = "complete"
)

// Result says how an operation ended.
type Result string

const (
	// OK: acknowledged.
	OK Result = "ok"
	// Failed: it certainly had no effect.
	Failed Result = "failed"
	// Unknown: it may have had its effect, or have it later.
	Unknown Result = "unknown"
)

// Absent is the version of a node that is not there.
const Absent int32 = -1

// Record is one operation, event or mark.
type Record struct {
	Kind Kind `json:"k"`
	// Session is ZooKeeper's id; 0 where the session changed under way.
	Session int64 `json:"s,omitempty"`
	// Connection numbers the session's connections; 0 where it changed under way.
	Connection int64 `json:"c,omitempty"`
	// Key is the node's path.
	Key string `json:"key,omitempty"`
	// Start and End are nanoseconds since the run began; marks and events have equal ones.
	Start  int64  `json:"a"`
	End    int64  `json:"b"`
	Result Result `json:"r,omitempty"`
	// Value is what was written or read; unique for every write.
	Value int64 `json:"v,omitempty"`
	// Version is the node's version after a write, or as read.
	Version int32 `json:"n,omitempty"`
	// Expected is the version that a compare-and-set asked for.
	Expected int32 `json:"e,omitempty"`
	// Zxid is the transaction that made the version (Stat.Mzxid).
	Zxid int64 `json:"z,omitempty"`
	// Note is the reason of a failure, the name of a node, server or fault.
	Note string `json:"t,omitempty"`
}

// IsWrite says whether the record is of an operation that changes data.
func (r *Record) IsWrite() bool {
	switch r.Kind {
	case Init, Set, Cas, Sequential, EphemeralCreate:
		return true
	default:
		return false
	}
}

// Reasons of a failure that say something about the node.
const (
	// VersionMismatch: a compare-and-set found another version.
	VersionMismatch = "version mismatch"
	// NoNode: the node was not there.
	NoNode = "no node"
)
