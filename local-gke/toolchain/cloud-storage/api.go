package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Answers requests of the JSON API, as far as it is emulated.
type api struct {
	store *store
	key   []byte
	now   func() time.Time
}

// An answer that is an error, in Google's form.
type apiError struct {
	status  int
	reason  string
	message string
}

func (e *apiError) Error() string { return e.message }

func (e *apiError) write(w http.ResponseWriter) {
	type detail struct {
		Message string `json:"message"`
		Domain  string `json:"domain"`
		Reason  string `json:"reason"`
	}
	answer := map[string]any{"error": struct {
		Code    int      `json:"code"`
		Message string   `json:"message"`
		Errors  []detail `json:"errors"`
	}{e.status, e.message, []detail{{e.message, "global", e.reason}}}}
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/"`)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(e.status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	encoder.Encode(answer)
}

// A request for a bucket or an object.
type request struct {
	*http.Request
	writer    http.ResponseWriter
	bucket    *bucket
	object    string
	principal string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := a.serve(w, r)
	if err == nil {
		return
	}
	// Otherwise a client that is still sending gets no answer.
	if _, drained := io.Copy(io.Discard, r.Body); drained != nil {
		log.Printf("%s %s: %v", r.Method, r.URL.Path, drained)
	}
	var answer *apiError
	if !errors.As(err, &answer) {
		answer = &apiError{http.StatusInternalServerError, "internalError", err.Error()}
	}
	log.Printf("%s %s: %d %s", r.Method, r.URL.Path, answer.status, answer.message)
	answer.write(w)
}

// The bucket and the object of a path below /storage/v1; hasObjects is whether it is one of its objects or all.
func parsePath(path string) (bucket, object string, hasObjects, ok bool) {
	parts := strings.SplitN(strings.TrimPrefix(path, "/b/"), "/", 3)
	if !strings.HasPrefix(path, "/b/") || (len(parts) > 1 && parts[1] != "o") {
		return "", "", false, false
	}
	bucket, err := url.PathUnescape(parts[0])
	if err != nil {
		return "", "", false, false
	}
	if len(parts) == 3 {
		if object, err = url.PathUnescape(parts[2]); err != nil {
			return "", "", false, false
		}
	}
	return bucket, object, len(parts) > 1, true
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.EscapedPath()
	notEmulated := &apiError{http.StatusNotImplemented, "notImplemented",
		fmt.Sprintf("The local Cloud Storage does not emulate %s %s", r.Method, r.URL.Path)}
	kind, rest, found := strings.Cut(path, "/storage/v1")
	name, object, hasObjects, ok := parsePath(rest)
	if !found || !ok {
		return notEmulated
	}
	handle, permission := a.route(kind, r, object, hasObjects)
	if handle == nil {
		return notEmulated
	}
	principal := ""
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		token, bearer := strings.CutPrefix(authorization, "Bearer ")
		found, err := principalOf(token, a.key, a.now())
		if !bearer || err != nil {
			return &apiError{http.StatusUnauthorized, "authError", errInvalidToken.Error()}
		}
		principal = found
	}
	known, err := readBucket(a.store.root, name)
	if err != nil {
		return err
	}
	if known == nil {
		if principal == "" {
			return denied("", permission)
		}
		return &apiError{http.StatusNotFound, "notFound", "The specified bucket does not exist."}
	}
	if principal == "" || !known.allows(principal, permission) {
		return denied(principal, permission)
	}
	if err := a.store.ensureBucket(name); err != nil {
		return err
	}
	return handle(&request{Request: r, writer: w, bucket: known, object: object, principal: principal})
}

// What answers a request, and the permission that it needs; nil where nothing does.
func (a *api) route(kind string, r *http.Request, object string, hasObjects bool) (func(*request) error, string) {
	switch method := r.Method; {
	case kind == "/upload" && method == http.MethodPost && hasObjects && object == "" &&
		r.URL.Query().Get("uploadType") == "media":
		return a.insert, "objects.create"
	case kind == "/download" && method == http.MethodGet && object != "":
		return a.download, "objects.get"
	case kind != "":
		return nil, ""
	case method == http.MethodGet && !hasObjects:
		return a.getBucket, "buckets.get"
	case method == http.MethodGet && object == "":
		return a.list, "objects.list"
	case method == http.MethodGet && r.URL.Query().Get("alt") == "media":
		return a.download, "objects.get"
	case method == http.MethodGet:
		return a.get, "objects.get"
	case method == http.MethodDelete && object != "":
		return a.delete, "objects.delete"
	}
	return nil, ""
}

// The answer to a caller who lacks a permission such as objects.create.
func denied(principal, permission string) error {
	status, reason, caller := http.StatusForbidden, "forbidden", principal
	if principal == "" {
		status, reason, caller = http.StatusUnauthorized, "required", "Anonymous caller"
	}
	what := "object"
	if permission == "objects.list" || permission == "buckets.get" {
		what = "bucket"
	}
	return &apiError{status, reason, fmt.Sprintf(
		"%s does not have storage.%s access to the Google Cloud Storage %s. Permission 'storage.%s' denied on resource "+
			"(or it may not exist).", caller, permission, what, permission)}
}

func (r *request) notFound() error {
	return &apiError{http.StatusNotFound, "notFound", "No such object: " + r.bucket.Name + "/" + r.object}
}

// Rejects the end of an object that must stay.
func (a *api) checkRetention(r *request, created time.Time) error {
	until := r.bucket.retainedUntil(created)
	if !a.now().Before(until) {
		return nil
	}
	return &apiError{http.StatusForbidden, "retentionPolicyNotMet", fmt.Sprintf(
		"Object '%s/%s' is subject to bucket's retention policy and cannot be deleted, overwritten or archived until %s",
		r.bucket.Name, r.object, until.Format(time.RFC3339Nano))}
}

// Rejects a request whose conditions on an object's generation do not hold; the generation of none is 0.
func checkConditions(r *request, generation int64) error {
	for name, wanted := range map[string]bool{"ifGenerationMatch": true, "ifGenerationNotMatch": false} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return &apiError{http.StatusBadRequest, "invalid", fmt.Sprintf("Invalid value for %s: %q", name, text)}
		}
		if (value == generation) != wanted {
			return &apiError{http.StatusPreconditionFailed, "conditionNotMet",
				"At least one of the pre-conditions you specified did not hold."}
		}
	}
	return nil
}

func (a *api) insert(r *request) error {
	r.object = r.URL.Query().Get("name")
	if err := checkName(r.object); err != nil {
		return &apiError{http.StatusBadRequest, "invalid", err.Error()}
	}
	received, err := a.store.receive(r.Body)
	if err != nil {
		return err
	}
	defer received.discard()
	err = a.store.exclusively(func() error {
		generation := int64(0)
		existing := a.store.find(r.bucket.Name, r.object)
		if existing != nil {
			generation = existing.Generation
		}
		if err := checkConditions(r, generation); err != nil {
			return err
		}
		if existing != nil {
			if !r.bucket.allows(r.principal, "objects.delete") {
				return denied(r.principal, "objects.delete")
			}
			if err := a.checkRetention(r, existing.Created); err != nil {
				return err
			}
		}
		return a.store.create(r.bucket, r.object, received, r.Header)
	})
	if err != nil {
		return err
	}
	return a.get(r)
}

// Asks the server, under the path of the bucket or of an object.
func (a *api) ask(w http.ResponseWriter, r *request, method, suffix string) {
	asked := r.Clone(r.Context())
	asked.Method, asked.Body, asked.ContentLength = method, http.NoBody, 0
	asked.Header = http.Header{}
	for _, name := range []string{"Range", "Accept-Encoding", "If-None-Match"} {
		if value := r.Header.Get(name); value != "" {
			asked.Header.Set(name, value)
		}
	}
	path := "/storage/v1/b/" + url.PathEscape(r.bucket.Name) + "/o" + suffix
	asked.URL = &url.URL{RawQuery: r.URL.RawQuery}
	asked.URL.RawPath = path
	asked.URL.Path, _ = url.PathUnescape(path)
	a.store.server.HTTPHandler().ServeHTTP(w, asked)
}

func (r *request) suffix() string { return "/" + url.PathEscape(r.object) }

// Answers with the server's JSON, in the form and with the fields that Google's API gives.
func (a *api) answer(r *request, suffix string) error {
	recorder := httptest.NewRecorder()
	a.ask(recorder, r, http.MethodGet, suffix)
	if recorder.Code >= http.StatusBadRequest {
		return &apiError{recorder.Code, "invalid", strings.TrimSpace(recorder.Body.String())}
	}
	return writeJSON(r, recorder.Body.Bytes())
}

func writeJSON(r *request, text []byte) error {
	if fields := r.URL.Query().Get("fields"); fields != "" && fields != "*" {
		selected, err := selectFields(text, fields)
		if err != nil {
			return &apiError{http.StatusBadRequest, "invalidParameter", fmt.Sprintf("Invalid field selection %s", fields)}
		}
		text = selected
	}
	indented := bytes.Buffer{}
	if err := json.Indent(&indented, bytes.TrimSpace(text), "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	r.writer.Header().Set("Content-Type", "application/json; charset=UTF-8")
	r.writer.Header().Set("Content-Length", strconv.Itoa(indented.Len()))
	if _, err := r.writer.Write(indented.Bytes()); err != nil {
		log.Printf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return nil
}

func (a *api) get(r *request) error {
	if checkName(r.object) != nil || a.store.find(r.bucket.Name, r.object) == nil {
		return r.notFound()
	}
	return a.answer(r, r.suffix())
}

func (a *api) list(r *request) error { return a.answer(r, "") }

func (a *api) download(r *request) error {
	if checkName(r.object) != nil || a.store.find(r.bucket.Name, r.object) == nil {
		return r.notFound()
	}
	query := r.URL.Query()
	query.Set("alt", "media")
	r.URL.RawQuery = query.Encode()
	a.ask(r.writer, r, http.MethodGet, r.suffix())
	return nil
}

func (a *api) delete(r *request) error {
	err := a.store.exclusively(func() error {
		if checkName(r.object) != nil {
			return r.notFound()
		}
		existing := a.store.find(r.bucket.Name, r.object)
		if existing == nil {
			return r.notFound()
		}
		if err := checkConditions(r, existing.Generation); err != nil {
			return err
		}
		if err := a.checkRetention(r, existing.Created); err != nil {
			return err
		}
		recorder := httptest.NewRecorder()
		a.ask(recorder, r, http.MethodDelete, r.suffix())
		if recorder.Code >= http.StatusBadRequest {
			return &apiError{recorder.Code, "invalid", strings.TrimSpace(recorder.Body.String())}
		}
		a.store.removeEmptyFolders(r.bucket.Name, r.object)
		return nil
	})
	if err == nil {
		r.writer.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (a *api) getBucket(r *request) error {
	answer := map[string]any{
		"kind":          "storage#bucket",
		"id":            r.bucket.Name,
		"name":          r.bucket.Name,
		"projectNumber": r.bucket.ProjectNumber,
		"location":      r.bucket.Location,
		"storageClass":  r.bucket.StorageClass,
		"timeCreated":   r.bucket.TimeCreated,
	}
	if r.bucket.RetentionPeriod > 0 {
		answer["retentionPolicy"] = map[string]string{"retentionPeriod": strconv.FormatInt(r.bucket.RetentionPeriod, 10)}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return writeJSON(r, text)
}
