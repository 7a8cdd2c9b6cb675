package check

import "time"

// perSecond counts the acknowledgements in each second from 0 to the last of them, or to until where that is later;
// acks are sorted, all in nanoseconds since the run began.
func perSecond(acks []int64, until int64) []int64 {
	last := until
	if len(acks) > 0 {
		last = max(last, acks[len(acks)-1])
	}
	counts := make([]int64, last/int64(time.Second)+1)
	for _, ack := range acks {
		counts[ack/int64(time.Second)]++
	}
	return counts
}

// lastMark is when the last fault began or ended, in nanoseconds since the run began; 0 where there was none.
func (c *collected) lastMark() int64 {
	last := int64(0)
	for _, mark := range c.marks {
		last = max(last, mark.Start)
	}
	return last
}
