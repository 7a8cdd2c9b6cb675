package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// A token that stands for a principal until a time. The local Cloud Storage verifies the signature.
func sign(principal string, expires time.Time, key []byte) string {
	// A struct of a string and a number can always be encoded.
	claims, _ := json.Marshal(struct {
		Subject string `json:"sub"`
		Expires int64  `json:"exp"`
	}{principal, expires.Unix()})
	payload := base64.RawURLEncoding.EncodeToString(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(payload))
	return "ya29.local." + payload + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
