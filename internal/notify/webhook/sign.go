package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"time"
)

// shortestSecret is what Standard Webhooks asks for, in bytes.
const shortestSecret = 24

// secrets reads a file with a secret on each line: whsec_ and base64.
func secrets(file string) ([][]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("secret_file: %w", err)
	}
	var keys [][]byte
	for line := range strings.FieldsSeq(string(text)) {
		encoded, marked := strings.CutPrefix(line, "whsec_")
		key, err := base64.StdEncoding.DecodeString(encoded)
		if !marked || err != nil || len(key) < shortestSecret {
			return nil, fmt.Errorf("secret_file: %s: a line is not whsec_ and the base64 of at least %d bytes", file, shortestSecret)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("secret_file: %s is empty", file)
	}
	return keys, nil
}

// sign returns the signatures of a message with each of the keys: v1, HMAC-SHA256 of id, time and body.
func sign(keys [][]byte, id string, at time.Time, body []byte) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%d.", id, at.Unix()) // a hash takes everything
		_, _ = mac.Write(body)
		all[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(all, " ")
}
