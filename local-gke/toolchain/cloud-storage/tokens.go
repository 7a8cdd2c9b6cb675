package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What access tokens begin with. The metadata servers of the nodes sign them.
const tokenPrefix = "ya29.local."

var errInvalidToken = errors.New("Invalid Credentials")

// Reads the key with which tokens are signed.
func readKey(root string) ([]byte, error) {
	key, err := os.ReadFile(filepath.Join(root, "token.key"))
	if err == nil && len(key) < 32 {
		return nil, fmt.Errorf("token.key has only %d bytes", len(key))
	}
	return key, err
}

// The principal that a token stands for.
func principalOf(token string, key []byte, now time.Time) (string, error) {
	payload, signature, found := strings.Cut(strings.TrimPrefix(token, tokenPrefix), ".")
	if !found || !strings.HasPrefix(token, tokenPrefix) {
		return "", errInvalidToken
	}
	given, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return "", errInvalidToken
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(payload))
	if !hmac.Equal(given, mac.Sum(nil)) {
		return "", errInvalidToken
	}
	decoded, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return "", errInvalidToken
	}
	var claims struct {
		Subject string `json:"sub"`
		Expires int64  `json:"exp"`
	}
	if json.Unmarshal(decoded, &claims) != nil || claims.Subject == "" || now.Unix() >= claims.Expires {
		return "", errInvalidToken
	}
	return claims.Subject, nil
}
