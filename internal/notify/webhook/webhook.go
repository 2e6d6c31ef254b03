// Package webhook is the channel that posts messages to an HTTP address, signed in the manner of
// Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, version 1).
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/notify"
)

// Settings are those of one channel.
type Settings struct {
	URL        string `json:"url"`
	SecretFile string `json:"secret_file"` // whsec_… on a line; a second line while it is being replaced
	CAFile     string `json:"ca_file"`     // PEM; empty: the system's authorities
}

// Factory returns the kind of channel.
func Factory() notify.Factory {
	return notify.Define("webhook", "posts JSON to an HTTP address, signed as Standard Webhooks", Settings{}, open)
}

// channel posts to one address. It is safe for concurrent use.
type channel struct {
	settings Settings
	client   *http.Client
	now      func() time.Time
}

// longestAnswer is how much of a refusal is read for the error, in bytes.
const longestAnswer = 512

func open(e notify.Environment, s Settings) (notify.Channel, error) {
	address, err := url.Parse(s.URL)
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, errors.New("url: want an address such as https://example.org/hook")
	}
	if address.User != nil {
		return nil, errors.New("url: it must bear no password; the signature proves who sends")
	}
	if s.SecretFile == "" {
		return nil, errors.New(`"secret_file" is missing`)
	}
	if _, err := secrets(s.SecretFile); err != nil {
		return nil, err
	}
	transport, err := newTransport(s.CAFile)
	if err != nil {
		return nil, err
	}
	return &channel{settings: s, now: e.Now, client: &http.Client{
		Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // the message is for this address, not for where it points
		},
	}}, nil
}

func newTransport(caFile string) (*http.Transport, error) {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
		MaxIdleConns: 2, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
	if caFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: no certificate in %s", caFile)
	}
	return t, nil
}

// Send posts the message. Any 2xx confirms it.
func (c *channel) Send(ctx context.Context, m notify.Message) error {
	body, err := notify.Payload(&m)
	if err != nil {
		return err
	}
	keys, err := secrets(c.settings.SecretFile) // read anew, so that a new secret needs no restart
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.settings.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	at := c.now()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "opscenter")
	request.Header.Set("Webhook-Id", m.ID)
	request.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	request.Header.Set("Webhook-Signature", sign(keys, m.ID, at, body))
	response, err := c.client.Do(request)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, longestAnswer)) // it only explains
	return judge(response, answer, at)
}

// judge says what an answer means.
func judge(r *http.Response, answer []byte, now time.Time) error {
	if r.StatusCode >= 200 && r.StatusCode < 300 {
		return nil
	}
	err := fmt.Errorf("webhook: the receiver answered %s", r.Status)
	if r.StatusCode >= 300 && r.StatusCode < 400 {
		err = fmt.Errorf("%w to %q, and redirects are not followed", err, r.Header.Get("Location"))
	} else if text := strings.Join(strings.Fields(string(answer)), " "); text != "" {
		err = fmt.Errorf("%w: %q", err, text)
	}
	switch {
	case r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusServiceUnavailable:
		return notify.Later(err, retryAfter(r.Header.Get("Retry-After"), now))
	case r.StatusCode == http.StatusRequestTimeout || r.StatusCode == http.StatusTooEarly || r.StatusCode >= 500:
		return notify.Refused(err)
	}
	return notify.Permanent(err)
}

// retryAfter reads seconds or a date; 0 if it is neither.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
