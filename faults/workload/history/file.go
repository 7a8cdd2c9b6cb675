package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Writer appends records to a file and counts them; safe for many goroutines.
type Writer struct {
	began  time.Time
	mutex  sync.Mutex
	file   *os.File
	buffer *bufio.Writer
	coder  *json.Encoder
	counts Counts
}

// Counts is how many operations ended in which way.
type Counts struct {
	// Acknowledged is the number of acknowledged writes.
	Acknowledged int64 `json:"acknowledged"`
	Operations   int64 `json:"operations"`
	Failed       int64 `json:"failed"`
	Unknown      int64 `json:"unknown"`
	// LastAcknowledged is when the newest acknowledged write ended, in nanoseconds since the run began.
	LastAcknowledged int64 `json:"lastAcknowledged"`
}

// Create starts a history in a new file.
func Create(path string) (*Writer, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriterSize(file, 1<<20)
	return &Writer{began: time.Now(), file: file, buffer: buffer, coder: json.NewEncoder(buffer)}, nil
}

// Now is the time since the run began, in nanoseconds, on the monotonic clock.
func (w *Writer) Now() int64 { return int64(time.Since(w.began)) }

// Add appends a record. A history that cannot be written proves nothing, so it ends the process.
func (w *Writer) Add(record Record) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if err := w.coder.Encode(record); err != nil {
		fmt.Fprintf(os.Stderr, "writing the history: %v\n", err)
		os.Exit(1)
	}
	if record.Result == "" {
		return
	}
	w.counts.Operations++
	switch {
	case record.Result == Failed:
		w.counts.Failed++
	case record.Result == Unknown:
		w.counts.Unknown++
	case record.IsWrite():
		w.counts.Acknowledged++
		w.counts.LastAcknowledged = max(w.counts.LastAcknowledged, record.End)
	}
}

// Counts returns the numbers so far.
func (w *Writer) Counts() Counts {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.counts
}

// Close writes out what is buffered.
func (w *Writer) Close() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return errors.Join(w.buffer.Flush(), w.file.Close())
}

// Each reads a history and hands every record to visit, in the order of the file.
func Each(reader io.Reader, visit func(Record)) error {
	decoder := json.NewDecoder(bufio.NewReaderSize(reader, 1<<20))
	for number := 1; ; number++ {
		var record Record
		err := decoder.Decode(&record)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", number, err)
		}
		visit(record)
	}
}
