package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/wneessen/go-mail"

	"opscenter/internal/notify"
)

// serverWithin is how long the server may take for one answer.
const serverWithin = 20 * time.Second

// deliver sends one mail over a connection of its own: alarms are rare, and servers end idle ones.
func (c *channel) deliver(ctx context.Context, letter *mail.Msg) error {
	options, err := c.options()
	if err != nil {
		return fmt.Errorf("email: %w", err)
	}
	client, err := mail.NewClient(c.settings.Host, options...)
	if err != nil {
		return fmt.Errorf("email: %w", err)
	}
	return verdict(letter, client.DialAndSendWithContext(ctx, letter))
}

// options reads what the connection needs, files too.
func (c *channel) options() ([]mail.Option, error) {
	s := &c.settings
	encryption := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		encryption.RootCAs = x509.NewCertPool()
		if !encryption.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: no certificate in %s", s.CAFile)
		}
	}
	options := []mail.Option{mail.WithTimeout(serverWithin), mail.WithTLSConfig(encryption), mail.WithoutNoop(), mail.WithHELO("opscenter")}
	port := 0
	switch s.TLS {
	case startTLS:
		port = 587
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case fullTLS:
		port = 465
		options = append(options, mail.WithSSL())
	case noTLS:
		port = 25
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.Port != 0 {
		port = s.Port
	}
	options = append(options, mail.WithPort(port))
	if s.Username == "" {
		return options, nil
	}
	password, err := c.password()
	if err != nil {
		return nil, err
	}
	return append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(password)), nil
}

// envelope begins a mail. Its Message-ID is made of the id, so that a second attempt has the same.
func (c *channel) envelope(id string, to []string, subject string) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if len(to) == 0 {
		return nil, notify.Permanent(errors.New("email: it is to nobody"))
	}
	if err := errors.Join(letter.From(c.settings.From), letter.To(to...)); err != nil {
		return nil, notify.Permanent(fmt.Errorf("email: %w", err))
	}
	if id == "" {
		letter.SetMessageID()
	} else {
		letter.SetMessageIDWithValue(id + "@" + c.domain)
	}
	letter.Subject(subject)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answers this
	return letter, nil
}

func setBody(letter *mail.Msg, text string) { letter.SetBodyString(mail.TypeTextPlain, text) }

func addHTML(letter *mail.Msg, html string) { letter.AddAlternativeString(mail.TypeTextHTML, html) }

func attach(letter *mail.Msg, a notify.Attachment) error {
	return letter.AttachReader(a.Name, bytes.NewReader(a.Data), mail.WithFileContentType(mail.ContentType(a.ContentType)))
}
