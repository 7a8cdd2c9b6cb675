package drive

import (
	"fmt"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"
)

// Barrier is what a reader does before it reads, so as not to read what is stale.
type Barrier string

const (
	// None: it reads at once.
	None Barrier = "none"
	// Sync: it calls sync.
	Sync Barrier = "sync"
	// Write: it writes a node of its own.
	Write Barrier = "write"
)

// FreshnessOptions say who writes and who reads.
type FreshnessOptions struct {
	// Writer and Reader are servers, host:port.
	Writer, Reader string
	Barrier        Barrier
	// Pairs is how many pairs of a writing and a reading session work at a time.
	Pairs int
	// Reads is how many reads there are in all.
	Reads int
	// Root is a node of this run's own.
	Root string
}

// Freshness is how many reads missed what had been acknowledged before they, and their barrier, began.
type Freshness struct {
	Reads int `json:"reads"`
	Stale int `json:"stale"`
	// Latest is the longest time from an acknowledgement to a read that missed it, in milliseconds.
	Latest float64 `json:"latest"`
}

func (f *Freshness) add(other Freshness) {
	f.Reads += other.Reads
	f.Stale += other.Stale
	f.Latest = max(f.Latest, other.Latest)
}

// MeasureFreshness has nodes created through one server, and each read through another as soon as it is acknowledged.
func MeasureFreshness(options FreshnessOptions) (Freshness, error) {
	sum, failed := Freshness{}, error(nil)
	var mutex sync.Mutex
	var pairs sync.WaitGroup
	setUp, err := pinned(options.Writer)
	if err != nil {
		return sum, err
	}
	defer setUp.Close()
	if _, err := setUp.Create(options.Root, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		return sum, err
	}
	for pair := range options.Pairs {
		pairs.Go(func() {
			measured, err := onePair(options, fmt.Sprintf("%s/%d", options.Root, pair))
			mutex.Lock()
			defer mutex.Unlock()
			sum.add(measured)
			if err != nil {
				failed = err
			}
		})
	}
	pairs.Wait()
	if failed != nil {
		return sum, failed
	}
	return sum, setUp.Delete(options.Root, -1)
}

func pinned(server string) (*session, error) {
	return connect(server, Certificates{}, 10*time.Second, nil)
}

func onePair(options FreshnessOptions, node string) (Freshness, error) {
	measured := Freshness{}
	writer, err := pinned(options.Writer)
	if err != nil {
		return measured, err
	}
	defer writer.Close()
	reader, err := pinned(options.Reader)
	if err != nil {
		return measured, err
	}
	defer reader.Close()
	own := node + "-reader"
	if _, err := reader.Create(own, nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		return measured, err
	}
	for range options.Reads / options.Pairs {
		if _, err := writer.Create(node, nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
			return measured, err
		}
		acknowledged := time.Now()
		if err := options.Barrier.pass(reader, own); err != nil {
			return measured, err
		}
		there, _, err := reader.Exists(node)
		if err != nil {
			return measured, err
		}
		measured.Reads++
		if !there {
			measured.Stale++
			measured.Latest = max(measured.Latest, float64(time.Since(acknowledged).Microseconds())/1000)
		}
		if err := writer.Delete(node, -1); err != nil {
			return measured, err
		}
	}
	return measured, nil
}

func (b Barrier) pass(reader *session, own string) error {
	var err error
	switch b {
	case None:
	case Sync:
		_, err = reader.Sync(own)
	case Write:
		_, err = reader.Set(own, nil, -1)
	default:
		err = fmt.Errorf("barrier %q: want none, sync or write", string(b))
	}
	return err
}
