package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// A Kubernetes ServiceAccount.
type account struct {
	namespace string
	name      string
}

// No pod of the node has the address.
var errNoPod = errors.New("no pod of this node has the address of the connection")

// Answers requests for metadata.
// See https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#metadata_server
type metadata struct {
	cluster        func() (cluster, error)
	key            func() ([]byte, error)
	serviceAccount func(ctx context.Context, address string) (account, error)
	now            func() time.Time
}

const (
	flavor = "Metadata-Flavor"
	google = "Google"
	// How long a token is valid.
	lifetime = time.Hour
	scopes   = "https://www.googleapis.com/auth/cloud-platform\nhttps://www.googleapis.com/auth/userinfo.email\n"
)

// The principal that a Kubernetes ServiceAccount is for Google's APIs.
func principal(of cluster, who account) string {
	return fmt.Sprintf("principal://iam.googleapis.com/projects/%s/locations/global/workloadIdentityPools/%s/subject/ns/%s/sa/%s",
		of.ProjectNumber, of.WorkloadPool, who.namespace, who.name)
}

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "GKE Metadata Server")
	w.Header().Set(flavor, google)
	status, kind, text := m.answer(r)
	if status >= http.StatusBadRequest {
		log.Printf("%s %s of %s: %d %s", r.Method, r.URL.Path, r.RemoteAddr, status, strings.TrimSpace(text))
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	if _, err := w.Write([]byte(text)); err != nil {
		log.Printf("%s %s of %s: %v", r.Method, r.URL.Path, r.RemoteAddr, err)
	}
}

func (m *metadata) answer(r *http.Request) (status int, kind, text string) {
	const plain = "application/text"
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return http.StatusMethodNotAllowed, plain, "Method Not Allowed\n"
	}
	path := strings.Trim(r.URL.Path, "/")
	if path == "" {
		return http.StatusOK, plain, "computeMetadata/\n"
	}
	if r.Header.Get(flavor) != google {
		return http.StatusForbidden, plain, fmt.Sprintf("Missing required header %q: %q\n", flavor, google)
	}
	if r.Header.Get("X-Forwarded-For") != "" {
		return http.StatusForbidden, plain, "Forbidden: X-Forwarded-For is not allowed\n"
	}
	of, err := m.cluster()
	if err != nil {
		return http.StatusInternalServerError, plain, err.Error() + "\n"
	}
	relative, found := strings.CutPrefix(path, "computeMetadata/v1/")
	if !found {
		return http.StatusNotFound, plain, "Not Found\n"
	}
	switch relative {
	case "project/project-id":
		return http.StatusOK, plain, of.ProjectID
	case "project/numeric-project-id":
		return http.StatusOK, plain, of.ProjectNumber
	}
	accounts, found := strings.CutPrefix(relative+"/", "instance/service-accounts/")
	if !found || of.WorkloadPool == "" {
		return http.StatusNotFound, plain, "Not Found\n"
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return http.StatusInternalServerError, plain, err.Error() + "\n"
	}
	who, err := m.serviceAccount(r.Context(), host)
	if errors.Is(err, errNoPod) {
		return http.StatusNotFound, plain, err.Error() + "\n"
	}
	if err != nil {
		return http.StatusInternalServerError, plain, err.Error() + "\n"
	}
	requested := strings.TrimSuffix(accounts, "/")
	if own, found := strings.CutPrefix(requested, of.WorkloadPool); found {
		requested = "default" + own
	}
	switch requested {
	case "":
		return http.StatusOK, plain, "default/\n" + of.WorkloadPool + "/\n"
	case "default":
		if r.URL.Query().Get("recursive") == "true" {
			return answerJSON(map[string]any{
				"aliases": []string{"default"}, "email": of.WorkloadPool, "scopes": strings.Fields(scopes),
			})
		}
		return http.StatusOK, plain, "aliases\nemail\nidentity\nscopes\ntoken\n"
	case "default/aliases":
		return http.StatusOK, plain, "default\n"
	case "default/email":
		return http.StatusOK, plain, of.WorkloadPool
	case "default/scopes":
		return http.StatusOK, plain, scopes
	case "default/token":
		key, err := m.key()
		if err != nil {
			return http.StatusInternalServerError, plain, err.Error() + "\n"
		}
		return answerJSON(token{
			AccessToken: sign(principal(of, who), m.now().Add(lifetime), key),
			ExpiresIn:   int(lifetime.Seconds()) - 1,
			TokenType:   "Bearer",
		})
	}
	return http.StatusNotFound, plain, "Not Found\n"
}

// An access token, as the metadata server gives it.
type token struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

func answerJSON(value any) (status int, kind, text string) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return http.StatusInternalServerError, "application/text", err.Error() + "\n"
	}
	return http.StatusOK, "application/json", string(encoded)
}
