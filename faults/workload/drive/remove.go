package drive

import (
	"path"
	"time"

	"github.com/go-zookeeper/zk"
)

// removeBatch is how many nodes one transaction deletes.
const removeBatch = 200

// Remove deletes everything below the root, and the root, when the ephemeral nodes are gone.
func (l *Load) Remove() error {
	s := l.main[0]
	var nodes []string
	nodes = append(nodes, l.driver.registers.all()...)
	for _, parent := range l.sequences.all() {
		names, _, err := s.Children(parent)
		if err != nil {
			return err
		}
		for _, name := range names {
			nodes = append(nodes, path.Join(parent, name))
		}
	}
	if err := deleteAll(s, nodes); err != nil {
		return err
	}
	root := l.driver.Root
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(retryPause) {
		names, _, err := s.Children(root + "/ephemerals")
		if err != nil {
			return err
		}
		if len(names) == 0 || time.Now().After(deadline) {
			break
		}
	}
	if err := deleteLeft(s, root+"/registers"); err != nil {
		return err
	}
	return deleteAll(s, append(l.sequences.all(), root+"/registers", root+"/sequences", root+"/ephemerals", root))
}

// deleteLeft deletes the registers whose creation no client knows of, and the nodes of the sessions' own.
func deleteLeft(s *session, parent string) error {
	names, _, err := s.Children(parent)
	if err != nil {
		return err
	}
	for n, name := range names {
		names[n] = path.Join(parent, name)
	}
	return deleteAll(s, names)
}

func deleteAll(s *session, nodes []string) error {
	for len(nodes) > 0 {
		batch := nodes[:min(removeBatch, len(nodes))]
		nodes = nodes[len(batch):]
		operations := make([]any, len(batch))
		for n, node := range batch {
			operations[n] = &zk.DeleteRequest{Path: node, Version: -1}
		}
		if _, err := s.Multi(operations...); err != nil {
			return err
		}
	}
	return nil
}
