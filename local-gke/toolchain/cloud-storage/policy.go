package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// Permissions that roles for buckets contain, as far as this API checks them.
// See https://cloud.google.com/storage/docs/access-control/iam-roles
var roles = map[string][]string{
	"roles/storage.objectCreator":      {"objects.create"},
	"roles/storage.objectViewer":       {"objects.get", "objects.list"},
	"roles/storage.objectUser":         {"objects.create", "objects.delete", "objects.get", "objects.list"},
	"roles/storage.objectAdmin":        {"objects.create", "objects.delete", "objects.get", "objects.list"},
	"roles/storage.admin":              {"buckets.get", "objects.create", "objects.delete", "objects.get", "objects.list"},
	"roles/storage.legacyObjectReader": {"objects.get"},
	"roles/storage.legacyObjectOwner":  {"objects.get"},
	"roles/storage.legacyBucketReader": {"buckets.get", "objects.list"},
	"roles/storage.legacyBucketWriter": {"buckets.get", "objects.create", "objects.delete", "objects.list"},
	"roles/storage.legacyBucketOwner":  {"buckets.get", "objects.create", "objects.delete", "objects.list"},
}

// A bucket with its policy, as the provider writes it.
type bucket struct {
	Name          string    `json:"name"`
	ProjectNumber string    `json:"projectNumber"`
	Location      string    `json:"location"`
	StorageClass  string    `json:"storageClass"`
	TimeCreated   time.Time `json:"timeCreated"`
	// Seconds; 0 where objects need not stay.
	RetentionPeriod int64    `json:"retentionPeriod"`
	Members         []member `json:"members"`
}

// A role that a member has on a bucket.
type member struct {
	Role   string `json:"role"`
	Member string `json:"member"`
}

var bucketName = regexp.MustCompile(`^[a-z0-9][-a-z0-9_.]{1,220}[a-z0-9]$`)

// Reads a bucket; nil where there is none. It is read for each request, so that changes count at once.
func readBucket(root, name string) (*bucket, error) {
	if !bucketName.MatchString(name) {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(root, "buckets", name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := &bucket{}
	return found, json.Unmarshal(text, found)
}

// A Kubernetes ServiceAccount as a principal: its pool, its namespace and its name.
var subject = regexp.MustCompile(
	`^principal://(iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/([^/]+))/subject/ns/([^/]+)/sa/([^/]+)$`)

// The members of a policy that a principal is.
func membersOf(principal string) []string {
	parts := subject.FindStringSubmatch(principal)
	if parts == nil {
		return []string{principal}
	}
	pool, name, namespace, account := parts[1], parts[2], parts[3], parts[4]
	return []string{
		principal,
		"principalSet://" + pool + "/namespace/" + namespace,
		"serviceAccount:" + name + "[" + namespace + "/" + account + "]",
	}
}

// Whether the bucket's policy gives a principal a permission such as objects.create.
func (b *bucket) allows(principal, permission string) bool {
	names := membersOf(principal)
	return slices.ContainsFunc(b.Members, func(granted member) bool {
		known := slices.ContainsFunc(names, func(name string) bool { return name == granted.Member })
		return known && slices.Contains(roles[granted.Role], permission)
	})
}

// Until when an object must stay.
func (b *bucket) retainedUntil(created time.Time) time.Time {
	return created.Add(time.Duration(b.RetentionPeriod) * time.Second)
}
