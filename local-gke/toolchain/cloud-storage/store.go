package main

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/pkg/xattr"
)

// The objects of all buckets, in files.
type store struct {
	root   string
	server *fakestorage.Server
	mutex  sync.Mutex
}

// A bucket of the server's, under a name that no other can have: objects are put together there.
const staging = "_staging"

// Where the server keeps an object's resource: an attribute of its file, or another file beside it.
const (
	metadataAttribute = "user.metadata"
	metadataSuffix    = ".metadata"
)

// How long what a broken upload left is kept, which another process may still be writing.
const uploadsKept = 24 * time.Hour

func openStore(root, link string) (*store, error) {
	if root == "" {
		return nil, errors.New("not given")
	}
	for _, dir := range []string{"buckets", "objects", "uploads"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, err
		}
	}
	s := &store{root: root}
	entries, err := os.ReadDir(filepath.Join(root, "uploads"))
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > uploadsKept {
			os.Remove(filepath.Join(root, "uploads", entry.Name()))
		}
	}
	s.server, err = fakestorage.NewServerWithOptions(fakestorage.Options{
		StorageRoot: filepath.Join(root, "objects"),
		ExternalURL: link,
		NoListener:  true,
		Scheme:      "http",
		Writer:      io.Discard,
	})
	return s, err
}

// Runs a change with no other one beside it, of another process either: every cluster has one.
func (s *store) exclusively(change func() error) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	lock, err := os.OpenFile(filepath.Join(s.root, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return change()
}

// Has the server know a bucket that has no objects yet.
func (s *store) ensureBucket(name string) error {
	return os.MkdirAll(filepath.Join(s.root, "objects", url.PathEscape(name)), 0o700)
}

// Whether an object can have this name, here or at all.
// See https://cloud.google.com/storage/docs/objects#naming
func checkName(name string) error {
	if name == "" {
		return errors.New("Required parameter: name")
	}
	if len(name) > 1024 || strings.ContainsAny(name, "\r\n\x00") || strings.ToValidUTF8(name, "") != name {
		return fmt.Errorf("Invalid object name: %q", name)
	}
	if strings.HasPrefix(name, ".well-known/acme-challenge/") {
		return fmt.Errorf("Invalid object name: %q", name)
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == "." || part == ".." || len(part) > 240 || strings.HasSuffix(part, metadataSuffix) {
			return fmt.Errorf("Invalid object name: %q; each part of it is a file name on the local GKE", name)
		}
	}
	return nil
}

// An object; nil where there is none.
func (s *store) find(bucket, name string) *fakestorage.ObjectAttrs {
	object, err := s.server.GetObjectStreaming(bucket, name)
	if err != nil {
		return nil
	}
	object.Close()
	return &object.ObjectAttrs
}

// What a client sends, in a file, with the hashes of it. The server itself would keep it in memory.
type upload struct {
	file   *os.File
	md5    string
	crc32c string
}

func (s *store) receive(body io.Reader) (*upload, error) {
	file, err := os.CreateTemp(filepath.Join(s.root, "uploads"), "")
	if err != nil {
		return nil, err
	}
	sum, check := md5.New(), crc32.New(crc32.MakeTable(crc32.Castagnoli))
	received := &upload{file: file}
	if _, err := io.Copy(io.MultiWriter(file, sum, check), body); err != nil {
		received.discard()
		return nil, err
	}
	received.md5 = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	received.crc32c = base64.StdEncoding.EncodeToString(check.Sum(nil))
	return received, file.Sync()
}

// Removes what has not become an object.
func (u *upload) discard() {
	u.file.Close()
	os.Remove(u.file.Name())
}

// Makes an upload an object, whole or not at all.
func (s *store) create(to *bucket, name string, from *upload, header http.Header) error {
	metadata := map[string]string{}
	for key := range header {
		if own, found := strings.CutPrefix(strings.ToLower(key), "x-goog-meta-"); found {
			metadata[own] = header.Get(key)
		}
	}
	id := filepath.Base(from.file.Name())
	// The server writes the resource of an empty object; the hashes become those of the upload.
	err := s.server.CreateObjectStreaming(fakestorage.StreamingObject{
		ObjectAttrs: fakestorage.ObjectAttrs{
			BucketName:   staging,
			Name:         id,
			ContentType:  header.Get("Content-Type"),
			StorageClass: to.StorageClass,
			Metadata:     metadata,
		},
		Content: empty{strings.NewReader("")},
	})
	if err != nil {
		return err
	}
	staged := filepath.Join(s.root, "objects", staging, id)
	defer os.Remove(staged)
	target := filepath.Join(s.root, "objects", url.PathEscape(to.Name), name)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	hashes := map[string]string{"Md5Hash": from.md5, "Etag": from.md5, "Crc32c": from.crc32c}
	resource, err := xattr.Get(staged, metadataAttribute)
	if err == nil {
		if resource, err = withFields(resource, hashes); err == nil {
			err = xattr.Set(from.file.Name(), metadataAttribute, resource)
		}
	} else if resource, err = os.ReadFile(staged + metadataSuffix); err == nil {
		defer os.Remove(staged + metadataSuffix)
		if resource, err = withFields(resource, hashes); err == nil {
			err = s.writeWhole(target+metadataSuffix, resource)
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(from.file.Name(), target)
}

// The JSON of an object with other values of fields that it has.
func withFields(text []byte, values map[string]string) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	for name, value := range values {
		if _, found := fields[name]; !found {
			return nil, fmt.Errorf("the resource of an object has no %s", name)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fields[name] = encoded
	}
	return json.Marshal(fields)
}

// Writes a file, whole or not at all.
func (s *store) writeWhole(path string, text []byte) error {
	draft := filepath.Join(s.root, "uploads", filepath.Base(path)+".new")
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, path)
}

// Removes the folders that a deleted object leaves empty: another object may have their name.
func (s *store) removeEmptyFolders(bucket, name string) {
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if os.Remove(filepath.Join(s.root, "objects", url.PathEscape(bucket), dir)) != nil {
			return
		}
	}
}

type empty struct{ *strings.Reader }

func (empty) Close() error { return nil }
