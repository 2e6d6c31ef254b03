// Package email is the channel that sends messages as e-mail over SMTP, in Vietnamese, in English or in
// both. It can send any other mail too, with attachments.
package email

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"opscenter/internal/notify"
)

// Settings are those of one channel.
type Settings struct {
	Host         string   `json:"host"`
	Port         int      `json:"port"` // 0: 587 with STARTTLS, 465 with TLS, 25 without
	TLS          string   `json:"tls"`  // starttls, tls or none
	CAFile       string   `json:"ca_file"`
	Username     string   `json:"username"`
	PasswordFile string   `json:"password_file"` // its first line is the password
	From         string   `json:"from"`
	To           []string `json:"to"` // none: the channel only sends reports
	Lang         string   `json:"lang"`
}

// The choices of Settings.TLS.
const (
	startTLS = "starttls"
	fullTLS  = "tls"
	noTLS    = "none"
)

// Factory returns the kind of channel.
func Factory() notify.Factory {
	return notify.Define("email", "sends e-mail over SMTP", Settings{TLS: startTLS, Lang: langBoth}, func(e notify.Environment, s Settings) (notify.Channel, error) {
		return open(e, s)
	})
}

// channel sends to one server. It is safe for concurrent use.
type channel struct {
	settings Settings
	domain   string // of the sender; message ids end in it
	now      func() time.Time
	zone     *time.Location
}

func open(e notify.Environment, s Settings) (*channel, error) {
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("from: %q is no address such as ioc@example.org", s.From)
	}
	for i, to := range s.To {
		if _, err := netmail.ParseAddress(to); err != nil {
			return nil, fmt.Errorf("to[%d]: %q is no address such as ops@example.org", i, to)
		}
	}
	c := &channel{settings: s, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:], now: e.Now, zone: e.Zone}
	if c.zone == nil {
		c.zone = time.UTC
	}
	switch {
	case s.Host == "":
		return nil, errors.New(`"host" is missing`)
	case s.Port < 0 || s.Port > 65535:
		return nil, fmt.Errorf("port: %d is none", s.Port)
	case s.TLS != startTLS && s.TLS != fullTLS && s.TLS != noTLS:
		return nil, fmt.Errorf("tls: %q is none of starttls, tls, none", s.TLS)
	case s.Lang != langVI && s.Lang != langEN && s.Lang != langBoth:
		return nil, fmt.Errorf("lang: %q is none of vi, en, both", s.Lang)
	case (s.Username == "") != (s.PasswordFile == ""):
		return nil, errors.New("username and password_file go together")
	case s.Username != "" && s.TLS == noTLS:
		return nil, errors.New("tls: without it the password would be sent in the clear")
	}
	_, err = c.options() // so that a file that is missing is known now
	return c, err
}

// Send sends the message to the channel's addresses. The server's acceptance confirms it.
func (c *channel) Send(ctx context.Context, m notify.Message) error {
	if len(c.settings.To) == 0 {
		return notify.Permanent(errors.New(`email: "to" is missing: the channel only sends reports`))
	}
	letter, err := c.envelope(m.ID, c.settings.To, c.subject(&m))
	if err != nil {
		return err
	}
	text, html, err := c.bodies(&m)
	if err != nil {
		return notify.Permanent(fmt.Errorf("email: %w", err))
	}
	letter.SetDateWithValue(m.At.In(c.zone))
	setBody(letter, text)
	addHTML(letter, html)
	return c.deliver(ctx, letter)
}

// Mail implements notify.Mailer.
func (c *channel) Mail(ctx context.Context, m notify.Mail) error {
	letter, err := c.envelope(m.ID, m.To, m.Subject)
	if err != nil {
		return err
	}
	letter.SetDateWithValue(c.now().In(c.zone))
	setBody(letter, m.Text)
	for _, a := range m.Attachments {
		if err := attach(letter, a); err != nil {
			return notify.Permanent(fmt.Errorf("email: attachment %q: %w", a.Name, err))
		}
	}
	return c.deliver(ctx, letter)
}

// password reads the password anew, so that a new one needs no restart.
func (c *channel) password() (string, error) {
	text, err := os.ReadFile(c.settings.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("password_file: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(first, "\r"), nil
}

// verdict says what an error of the library means. The server has the mail if it said so, even where
// the goodbye failed.
func verdict(sent *mail.Msg, err error) error {
	if err == nil || sent.IsDelivered() {
		return nil
	}
	err = fmt.Errorf("email: %w", err)
	if refused, ok := errors.AsType[*mail.SendError](err); ok {
		switch code := refused.ErrorCode(); {
		case code >= 500:
			return notify.Permanent(err)
		case code >= 400:
			return notify.Refused(err)
		}
	}
	return err
}
