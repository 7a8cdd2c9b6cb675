// Command workload drives ZooKeeper sessions and records what their clients see (run), checks such a history (check), and
// counts how often a read misses what was acknowledged just before (fresh).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"zookeeper-environment/faults/workload/check"
	"zookeeper-environment/faults/workload/drive"
	"zookeeper-environment/faults/workload/history"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	var err error
	switch os.Args[1] {
	case "run":
		err = run(os.Args[2:])
	case "check":
		err = checkHistory(os.Args[2:])
	case "fresh":
		err = fresh(os.Args[2:])
	default:
		usage()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "workload: %v\n", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: workload run --address HOST:PORT --history FILE [options] | workload check --history FILE | "+
		"workload fresh --writer HOST:PORT --reader HOST:PORT [options]")
	os.Exit(2)
}

// command is one line of standard input, JSON.
type command struct {
	// Fault is a fault's name: it begins, or ends with End.
	Fault  string `json:"fault"`
	Number int64  `json:"number"`
	End    bool   `json:"end"`
	// Stop ends the load; then everything is read back from each of Servers, and the nodes are removed.
	Stop    bool     `json:"stop"`
	Servers []string `json:"servers"`
}

func run(args []string) error {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	options := drive.Options{}
	flags.StringVar(&options.Address, "address", "", "the client Service, host:port")
	flags.StringVar(&options.Certificates.Folder, "tls", "",
		"folder with tls.crt, tls.key and ca.crt of the clients; plain text without one")
	flags.StringVar(&options.Certificates.ServerName, "server-name", "", "name in the servers' certificate")
	flags.StringVar(&options.Root, "root", "/faults", "node of this run's own, which must not exist")
	flags.IntVar(&options.Sessions, "sessions", 6, "sessions that write and read registers")
	flags.IntVar(&options.Outstanding, "outstanding", 24, "operations that each has under way at most")
	flags.IntVar(&options.Rate, "rate", 2000, "operations begun a second at most")
	flags.DurationVar(&options.Timeout, "timeout", 6*time.Second, "session timeout")
	file := flags.String("history", "", "file for the history")
	if err := flags.Parse(args); err != nil {
		return err
	}
	out, err := history.Create(*file)
	if err != nil {
		return err
	}
	load, err := drive.Start(options, out)
	if err != nil {
		return err
	}
	go reportCounts(out)
	servers, stopped, err := obey(load)
	if err != nil {
		return err
	}
	load.Stop()
	defer load.Close()
	if stopped {
		err = readBack(load, servers)
	}
	// Also where reading back failed, so that what happened before can be checked.
	return errors.Join(err, out.Close())
}

// readBack reads everything back from the servers, and then removes it.
func readBack(load *drive.Load, servers []string) error {
	if err := load.ReadBack(servers); err != nil {
		return err
	}
	return load.Remove()
}

// obey follows the commands until the one to stop, or until nobody is left to give any.
func obey(load *drive.Load) (servers []string, stopped bool, err error) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, false, fmt.Errorf("command %q: %w", lines.Text(), err)
		}
		switch {
		case c.Stop:
			return c.Servers, true, nil
		case c.End:
			load.Fault(history.FaultEnd, c.Fault, c.Number)
		default:
			load.Fault(history.FaultBegin, c.Fault, c.Number)
		}
	}
	return nil, false, lines.Err()
}

// reportCounts says how it stands, a line of JSON on standard output, ten times a second.
func reportCounts(out *history.Writer) {
	coder := json.NewEncoder(os.Stdout)
	for range time.Tick(100 * time.Millisecond) {
		status := struct {
			history.Counts
			Now int64 `json:"now"`
		}{out.Counts(), out.Now()}
		if err := coder.Encode(status); err != nil {
			return // nobody listens any more; the end of standard input says so too
		}
	}
}

func checkHistory(args []string) error {
	flags := flag.NewFlagSet("check", flag.ExitOnError)
	path := flags.String("history", "", "file with the history")
	limit := flags.Duration("expiry", 30*time.Second, "how long after its session's end an ephemeral node may still be there")
	if err := flags.Parse(args); err != nil {
		return err
	}
	file, err := os.Open(*path)
	if err != nil {
		return err
	}
	defer file.Close()
	report, err := check.History(file, check.Options{Expiry: *limit})
	if err != nil {
		return err
	}
	return printJSON(report)
}

func printJSON(value any) error {
	coder := json.NewEncoder(os.Stdout)
	coder.SetIndent("", "  ")
	return coder.Encode(value)
}

func fresh(args []string) error {
	flags := flag.NewFlagSet("fresh", flag.ExitOnError)
	options := drive.FreshnessOptions{}
	flags.StringVar(&options.Writer, "writer", "", "the server that nodes are created through, host:port")
	flags.StringVar(&options.Reader, "reader", "", "the server that they are read through, host:port")
	flags.StringVar(&options.Root, "root", "/fresh", "node of this run's own, which must not exist")
	flags.IntVar(&options.Pairs, "pairs", 16, "pairs of sessions that write and read at a time")
	flags.IntVar(&options.Reads, "reads", 20_000, "reads in all")
	barrier := flags.String("barrier", string(drive.Sync), "what comes before a read: none, sync or write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options.Barrier = drive.Barrier(*barrier)
	measured, err := drive.MeasureFreshness(options)
	if err != nil {
		return err
	}
	return printJSON(measured)
}
