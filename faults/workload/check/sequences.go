package check

import (
	"slices"
	"strconv"
	"strings"

	"zookeeper-environment/faults/workload/history"
)

// sequence is one parent's sequential nodes.
type sequence struct {
	created []history.Record
	// listed are the servers that listed a name in the end.
	listed map[string][]int64
}

func (c *collected) sequence(parent string) *sequence {
	if c.sequences[parent] == nil {
		c.sequences[parent] = &sequence{listed: map[string][]int64{}}
	}
	return c.sequences[parent]
}

func (s *sequence) add(r history.Record) {
	if r.Kind == history.Listed {
		s.listed[r.Note] = append(s.listed[r.Note], r.Value)
	} else if r.Result == history.OK {
		s.created = append(s.created, r)
	}
}

// number is a sequential name's; -1 where it has none.
func number(name string) int64 {
	_, digits, _ := strings.Cut(name, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// checkSequences checks that no number was given twice, that one who began after another had ended got a larger
// number, and that every server lists every node that was acknowledged.
func (r *Report) checkSequences(c *collected) {
	for parent, s := range c.sequences {
		r.checked(Sequence, len(s.created))
		r.checked(Lost, len(s.created))
		seen := map[string]bool{}
		for _, record := range s.created {
			if seen[record.Note] {
				r.violated(Sequence, parent, "%s was given twice", record.Note)
			}
			seen[record.Note] = true
			if servers := int64(len(s.listed[record.Note])); c.complete && servers < c.servers {
				r.violated(Lost, parent+"/"+record.Note, "it was acknowledged, and in the end %d of %d servers have it", servers, c.servers)
			}
		}
		byStart, byEnd := slices.Clone(s.created), slices.Clone(s.created)
		slices.SortFunc(byStart, func(a, b history.Record) int { return compare(a.Start, b.Start) })
		slices.SortFunc(byEnd, func(a, b history.Record) int { return compare(a.End, b.End) })
		ended, largest := 0, history.Record{}
		for _, record := range byStart {
			for ; ended < len(byEnd) && byEnd[ended].End < record.Start; ended++ {
				if largest.Note == "" || number(byEnd[ended].Note) > number(largest.Note) {
					largest = byEnd[ended]
				}
			}
			if largest.Note != "" && number(record.Note) <= number(largest.Note) {
				r.violated(Sequence, parent, "%s was created after %s had been", record.Note, largest.Note)
			}
		}
	}
}
