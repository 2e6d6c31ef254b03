// Package mqtt speaks MQTT 3.1.1 with a broker, ours or the city's: a Client that receives with a
// persistent session and acknowledges only what has been kept, and a Publisher that plays devices.
package mqtt

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"
)

// Config says what a Client subscribes to, and where.
type Config struct {
	// URL of the broker: tcp://, mqtt://, ssl://, tls://, mqtts://, ws:// or wss://. Required.
	URL string

	// ClientID names the session that the broker keeps while we are away. Required, and no two
	// clients of one broker may have the same.
	ClientID string

	Username     string
	PasswordFile string // its first line is the password
	CAFile       string // PEM; empty means the system's authorities
	CertFile     string // PEM; our own certificate, with KeyFile
	KeyFile      string // PEM

	// Topics are the filters to subscribe to at QoS 1. Required.
	Topics []string

	// Queue is how many messages may wait in Messages; 0 means 65,536. QoS 1 has 16-bit packet ids,
	// so that many cover everything a broker can have in flight.
	Queue int

	// Backoff is the pause after the first failed attempt to connect; it doubles up to MaxBackoff,
	// and each is shortened at random by up to a half. 0 means 200 ms and 10 s.
	Backoff    time.Duration
	MaxBackoff time.Duration
}

func (c *Config) check() error {
	if len(c.Topics) == 0 {
		return errors.New("mqtt: no topics to subscribe to")
	}
	if c.ClientID == "" {
		return errors.New("mqtt: a persistent session needs a client id")
	}
	return nil
}

func (c *Config) endpoint() endpoint {
	return endpoint{
		url: c.URL, clientID: c.ClientID, username: c.Username, passwordFile: c.PasswordFile,
		caFile: c.CAFile, certFile: c.CertFile, keyFile: c.KeyFile,
	}
}

// endpoint is where to connect, and as whom. Files are read anew for every attempt, so that renewed
// certificates and passwords need no restart.
type endpoint struct {
	url, clientID, username           string
	passwordFile                      string
	caFile, certFile, keyFile         string
	connectTimeout, keepAlive, pingIn time.Duration // 0: the defaults
}

// access is an endpoint with its files read.
type access struct {
	url      *url.URL
	tls      *tls.Config // nil unless the scheme asks for it
	password string
}

func (e *endpoint) read() (access, error) {
	u, err := url.Parse(e.url)
	if err != nil {
		return access{}, fmt.Errorf("mqtt: broker url: %w", err)
	}
	if u.Host == "" {
		return access{}, fmt.Errorf("mqtt: broker url %q has no host", u.Redacted())
	}
	a := access{url: u}
	switch u.Scheme {
	case "tcp", "mqtt", "ws":
	case "ssl", "tls", "mqtts", "wss":
		if a.tls, err = e.tlsConfig(u.Hostname()); err != nil {
			return access{}, err
		}
	default:
		return access{}, fmt.Errorf("mqtt: broker url %q: scheme is none of tcp, ssl, ws, wss", u.Redacted())
	}
	if e.passwordFile != "" {
		content, err := os.ReadFile(e.passwordFile)
		if err != nil {
			return access{}, fmt.Errorf("mqtt: password file: %w", err)
		}
		first, _, _ := bytes.Cut(content, []byte("\n"))
		a.password = strings.TrimSuffix(string(first), "\r")
	}
	return a, nil
}

func (e *endpoint) tlsConfig(host string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if e.caFile != "" {
		pem, err := os.ReadFile(e.caFile)
		if err != nil {
			return nil, fmt.Errorf("mqtt: certificate authorities: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("mqtt: certificate authorities: no certificate in %s", e.caFile)
		}
	}
	if e.certFile != "" || e.keyFile != "" {
		pair, err := tls.LoadX509KeyPair(e.certFile, e.keyFile)
		if err != nil {
			return nil, fmt.Errorf("mqtt: client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func (e *endpoint) timeout() time.Duration { return cmp.Or(e.connectTimeout, 10*time.Second) }
