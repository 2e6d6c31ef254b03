package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/notify/webhook"
)

// secret is the example of the Standard Webhooks specification.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func now() time.Time { return time.Unix(1_795_000_000, 0) }

func secretFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t *testing.T, settings map[string]string) (notify.Channel, error) {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return webhook.Factory().Open(notify.Environment{Now: now, Zone: time.UTC}, raw)
}

func to(t *testing.T, url string) notify.Channel {
	t.Helper()
	c, err := open(t, map[string]string{"url": url, "secret_file": secretFile(t, secret+"\n")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func message() notify.Message {
	return notify.Message{
		ID: "msg_1", Type: notify.TypeRaised, At: now().UTC(), Title: city.Names{VI: "Cảnh báo", EN: "Alarm"}, Total: 1,
		Alarms: []notify.Item{{ID: "a1", Type: notify.TypeRaised, Severity: city.SeverityCritical}},
	}
}

// verify checks a signature as the specification says, and knows nothing of the sender's code.
func verify(r *http.Request, body []byte) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for one := range strings.FieldsSeq(r.Header.Get("webhook-signature")) {
		if version, signature, _ := strings.Cut(one, ","); version == "v1" && hmac.Equal([]byte(signature), []byte(want)) {
			return nil
		}
	}
	return fmt.Errorf("no signature of %q fits", r.Header.Get("webhook-signature"))
}

func TestAReceiverCanVerifyAndReadWhatItIsSent(t *testing.T) {
	t.Parallel()
	faults := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var got struct {
			ID, Type string
			Data     struct {
				Title  city.Names
				Alarms []struct{ ID string }
			}
		}
		err = errors.Join(err, verify(r, body), json.Unmarshal(body, &got))
		if got.ID != "msg_1" || r.Header.Get("webhook-id") != "msg_1" || got.Type != "alarm.raised" || got.Data.Title.VI != "Cảnh báo" ||
			len(got.Data.Alarms) != 1 || r.Header.Get("webhook-timestamp") != "1795000000" {
			err = errors.Join(err, fmt.Errorf("got %s with %v", body, r.Header))
		}
		faults <- err
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	if err := to(t, server.URL).Send(t.Context(), message()); err != nil {
		t.Error(err)
	}
	if err := <-faults; err != nil {
		t.Error(err)
	}
}

// kind is what the sender of a channel makes of an error: the state of a delivery after it.
func kind(err error) string {
	switch permanent, answered := notify.Verdict(err); {
	case err == nil:
		return "confirmed"
	case permanent:
		return "permanent"
	case answered:
		return "refused"
	}
	return "later"
}

func TestAnswersAreConfirmationsRefusalsOrReasonsToWait(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		200: "confirmed", 202: "confirmed", 204: "confirmed", 301: "permanent", 307: "permanent", 400: "permanent", 401: "permanent",
		404: "permanent", 410: "permanent", 408: "refused", 425: "refused", 429: "later", 500: "refused", 502: "refused", 503: "later",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("a redirect is followed")
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		err := to(t, server.URL).Send(t.Context(), message())
		server.Close()
		if got := kind(err); got != want {
			t.Errorf("%d: %s (%v), want %s", status, got, err, want)
		}
	}
	if got := kind(to(t, "http://127.0.0.1:1/").Send(t.Context(), message())); got != "later" {
		t.Errorf("a receiver that is down: %s", got)
	}
}

func TestAReceiverThatSaysWhenIsLeftAloneUntilThen(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"120": 2 * time.Minute, now().Add(time.Minute).UTC().Format(http.TimeFormat): time.Minute, "soon": 0, "-5": 0,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		err := to(t, server.URL).Send(t.Context(), message())
		server.Close()
		if got := notify.RetryAfter(err); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestAReceiverThatHangsCostsOneTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := to(t, server.URL).Send(ctx, message()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	good := secretFile(t, secret)
	for want, settings := range map[string]map[string]string{
		"url: want an address":          {"url": "example.org", "secret_file": good},
		"url: it must bear no password": {"url": "https://a:b@example.org/", "secret_file": good},
		`"secret_file" is missing`:      {"url": "https://example.org/"},
		"is not whsec_":                 {"url": "https://example.org/", "secret_file": secretFile(t, "hunter2")},
		"is empty":                      {"url": "https://example.org/", "secret_file": secretFile(t, "\n")},
		`unknown key "secret"`:          {"url": "https://example.org/", "secret": secret},
	} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
