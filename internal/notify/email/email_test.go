package email_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"opscenter/internal/city"
	"opscenter/internal/notify"
	"opscenter/internal/notify/email"
)

// server is a real SMTP server that keeps what it accepts.
type server struct {
	mu     sync.Mutex
	refuse error // of every mail, if set
	got    []string
	to     []string
	user   string

	host, port string
	ca         string // file
}

// session is one connection.
type session struct {
	server   *server
	wantAuth bool
	known    bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ioc" || password != "mật khẩu" {
			return smtp.ErrAuthFailed
		}
		s.known = true
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.user = user
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.wantAuth && !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.to = append(s.server.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.refuse == nil {
		s.server.got = append(s.server.got, string(text))
	}
	return s.server.refuse
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// serve starts a server with encryption as a channel's tls says.
func serve(t *testing.T, encryption string) *server {
	t.Helper()
	s := &server{}
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{server: s, wantAuth: encryption != "none"}, nil
	}))
	backend.Domain = "localhost"
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if encryption != "none" {
		var pair tls.Certificate
		pair, s.ca = certificate(t)
		backend.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	s.host, s.port, _ = net.SplitHostPort(listener.Addr().String())
	if encryption == "tls" {
		listener = tls.NewListener(listener, backend.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = backend.Serve(listener) }()
	t.Cleanup(func() { _ = backend.Close(); <-done })
	return s
}

// certificate makes one for 127.0.0.1 that vouches for itself.
func certificate(t *testing.T) (pair tls.Certificate, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	caFile = file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, caFile
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t *testing.T, settings map[string]any) (notify.Channel, error) {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return email.Factory().Open(notify.Environment{Now: time.Now, Zone: time.FixedZone("+07", 7*3600)}, raw)
}

// channel sends to the server, with further settings.
func channel(t *testing.T, s *server, more map[string]any) notify.Channel {
	t.Helper()
	settings := map[string]any{
		"host": s.host, "port": json.Number(s.port), "from": "IOC <ioc@city.example>", "to": []string{"truc@city.example", "Lan <lan@city.example>"},
	}
	maps.Copy(settings, more)
	c, err := open(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func message() notify.Message {
	raised := time.Date(2026, 11, 25, 3, 4, 5, 0, time.UTC)
	return notify.Message{
		ID: "msg_1", Type: notify.TypeRaised, At: raised.Add(time.Minute), Total: 1, Link: "https://ioc.example.org/desk",
		Title: city.Names{VI: "Cảnh báo: Camera 17 mất kết nối", EN: "Alarm: camera 17 is offline"},
		Alarms: []notify.Item{{
			ID: "a1", Severity: city.SeverityCritical, State: city.AlarmActive, Since: raised, RaisedAt: raised.Add(30 * time.Second), Location: "loc-1", Count: 12,
			Title:  city.Names{VI: "Camera 17 <mất> kết nối", EN: "Camera 17 is offline"},
			Advice: city.Names{VI: "Kiểm tra nguồn điện", EN: "Check the power"}, Link: "https://ioc.example.org/desk?alarm=a1",
		}},
	}
}

// decoded is a mail with its parts made readable.
func decoded(t *testing.T, text string) (header mail.Header, body string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, unpack(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func TestAMailSaysWhatWhereSinceWhenAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := serve(t, "none")
	c := channel(t, s, map[string]any{"tls": "none"})
	for range 2 {
		if err := c.Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
	}
	header, body := decoded(t, s.got[0])
	for _, want := range []string{
		"[nghiêm trọng] Camera 17 <mất> kết nối", "Từ lúc: 10:04:05 25/11/2026", "Số thiết bị: 12", "Việc cần làm trước: Kiểm tra nguồn điện",
		"[critical] Camera 17 is offline", "Do first: Check the power", "https://ioc.example.org/desk?alarm=a1",
		"Camera 17 &lt;mất&gt; kết nối", `<div lang="en"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail does not say %q but:\n%s", want, body)
		}
	}
	again, _ := decoded(t, s.got[1])
	if id := header.Get("Message-Id"); id != "<msg_1@city.example>" || id != again.Get("Message-Id") {
		t.Errorf("the ids are %q and %q", id, again.Get("Message-Id"))
	}
	if header.Get("Date") != again.Get("Date") || len(s.to) != 4 {
		t.Errorf("dated %s and %s, to %v", header.Get("Date"), again.Get("Date"), s.to)
	}
}

func TestAMailIsInTheChosenLanguage(t *testing.T) {
	t.Parallel()
	for lang, foreign := range map[string]string{"vi": "Check the power", "en": "Kiểm tra nguồn điện"} {
		s := serve(t, "none")
		if err := channel(t, s, map[string]any{"tls": "none", "lang": lang}).Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
		if _, body := decoded(t, s.got[0]); strings.Contains(body, foreign) {
			t.Errorf("in %s it says %q", lang, foreign)
		}
	}
}

func TestPasswordsGoOverEncryptedConnectionsOnly(t *testing.T) {
	t.Parallel()
	for _, encryption := range []string{"starttls", "tls"} {
		s := serve(t, encryption)
		c := channel(t, s, map[string]any{
			"tls": encryption, "ca_file": s.ca, "username": "ioc", "password_file": file(t, "mật khẩu\n"),
		})
		if err := c.Send(t.Context(), message()); err != nil {
			t.Errorf("%s: %v", encryption, err)
		}
		if s.user != "ioc" || len(s.got) != 1 {
			t.Errorf("%s: user %q, %d mails", encryption, s.user, len(s.got))
		}
		stranger := channel(t, s, map[string]any{"tls": encryption, "username": "ioc", "password_file": file(t, "mật khẩu")})
		if err := stranger.Send(t.Context(), message()); err == nil {
			t.Errorf("%s: a server that nobody vouches for gets the password", encryption)
		}
	}
	plain := serve(t, "none")
	if err := channel(t, plain, map[string]any{"tls": "starttls"}).Send(t.Context(), message()); err == nil {
		t.Error("a server without STARTTLS is sent mail in the clear")
	}
}

func TestARefusalIsForGoodOrForNow(t *testing.T) {
	t.Parallel()
	s := serve(t, "none")
	c := channel(t, s, map[string]any{"tls": "none"})
	for code, want := range map[int]bool{451: false, 550: true} {
		s.mu.Lock()
		s.refuse = &smtp.SMTPError{Code: code, Message: "no"}
		s.mu.Unlock()
		permanent, answered := notify.Verdict(c.Send(t.Context(), message()))
		if permanent != want || !answered {
			t.Errorf("%d: permanent %t, answered %t", code, permanent, answered)
		}
	}
	nobody := channel(t, &server{host: "127.0.0.1", port: "1"}, map[string]any{"tls": "none"})
	err := nobody.Send(t.Context(), message())
	if permanent, answered := notify.Verdict(err); err == nil || permanent || answered {
		t.Errorf("a server that is down: %v", err)
	}
}

func TestAReportIsAttached(t *testing.T) {
	t.Parallel()
	s := serve(t, "none")
	mailer, can := channel(t, s, map[string]any{"tls": "none", "to": []string{}}).(notify.Mailer)
	if !can {
		t.Fatal("it sends no mail")
	}
	err := mailer.Mail(t.Context(), notify.Mail{
		ID: "report-2026-11", To: []string{"lanh-dao@city.example"}, Subject: "Báo cáo tháng 11", Text: "Kính gửi,\n",
		Attachments: []notify.Attachment{{Name: "báo cáo.csv", ContentType: "text/csv; charset=utf-8", Data: []byte("a,b\n1,2\n")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	header, body := decoded(t, s.got[0])
	if header.Get("Message-Id") != "<report-2026-11@city.example>" || !strings.Contains(body, "a,b\n1,2") || !strings.Contains(body, "Kính gửi") {
		t.Errorf("got %v\n%s", header, body)
	}
	if err := mailer.Mail(t.Context(), notify.Mail{Subject: "x"}); err == nil {
		t.Error("a mail to nobody is sent")
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]map[string]any{
		"from: \"\" is no address":            {"host": "h"},
		`"host" is missing`:                   {"from": "a@b.c"},
		"to[1]: \"x\" is no address":          {"host": "h", "from": "a@b.c", "to": []string{"a@b.c", "x"}},
		"tls: \"ssl\" is none of":             {"host": "h", "from": "a@b.c", "tls": "ssl"},
		"lang: \"fr\" is none of":             {"host": "h", "from": "a@b.c", "lang": "fr"},
		"username and password_file go":       {"host": "h", "from": "a@b.c", "username": "u"},
		"password would be sent in the clear": {"host": "h", "from": "a@b.c", "username": "u", "password_file": "/none", "tls": "none"},
		"password_file: open /none":           {"host": "h", "from": "a@b.c", "username": "u", "password_file": "/none"},
		`unknown key "password"`:              {"host": "h", "from": "a@b.c", "password": "p"},
	} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
