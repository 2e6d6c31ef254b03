package mqtt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"opscenter/internal/broker"
	"opscenter/internal/mqtt"
)

// authority signs certificates for 127.0.0.1 and keeps them in a directory.
type authority struct {
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.key = newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	a.cert = a.sign(t, "ca", template, template, a.key, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue writes NAME.crt and NAME.key.
func (a *authority) issue(t *testing.T, name string) {
	t.Helper()
	a.sign(t, name, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.cert, newKey(t), a.key)
}

func (a *authority) sign(t *testing.T, name string, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, a.path(name+".crt"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	writeFile(t, a.path(name+".key"), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})))
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// secure returns the settings of a Mosquitto listener with TLS that asks for a certificate and a
// password.
func (a *authority) secure(t *testing.T) string {
	t.Helper()
	a.issue(t, "server")
	passwords := filepath.Join(t.TempDir(), "passwords")
	if out, err := exec.CommandContext(t.Context(), "mosquitto_passwd", "-b", "-c", passwords, "center", "secret").CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	return strings.Join([]string{
		"cafile " + a.path("ca.crt"), "certfile " + a.path("server.crt"), "keyfile " + a.path("server.key"),
		"require_certificate true", "allow_anonymous false", "password_file " + passwords,
	}, "\n")
}

func (a *authority) client(t *testing.T, url string) mqtt.Config {
	t.Helper()
	a.issue(t, "client")
	writeFile(t, a.path("password"), "secret\r\n")
	return mqtt.Config{
		URL: url, ClientID: "center", Topics: []string{"city/#"}, MaxBackoff: 50 * time.Millisecond,
		Username: "center", PasswordFile: a.path("password"),
		CAFile: a.path("ca.crt"), CertFile: a.path("client.crt"), KeyFile: a.path("client.key"),
	}
}

func TestSecureConnection(t *testing.T) {
	t.Parallel()
	a, addr := newAuthority(t), freeAddr(t)
	startMosquitto(t, addr, a.secure(t))
	exchange(t, a.client(t, "ssl://"+addr))
}

// exchange publishes and receives more than a broker has in flight at a time.
func exchange(t *testing.T, config mqtt.Config) {
	t.Helper()
	c := subscribe(t, config)
	awaitSubscribed(t, c)
	p := publisher(t, mqtt.PublisherConfig{
		URL: config.URL, ClientID: "device", Username: config.Username, PasswordFile: config.PasswordFile,
		CAFile: config.CAFile, CertFile: config.CertFile, KeyFile: config.KeyFile,
	})
	for range 50 {
		publish(t, p, "city/flow", strings.Repeat("x", 1000))
		receive(t, c).Ack()
	}
}

// webSocketGate is a broker's WebSocket listener: it hands what comes in frames to a TCP listener.
func webSocketGate(t *testing.T, broker string) http.Handler {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: []string{"mqtt"}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		defer ws.Close()
		tcp, err := new(net.Dialer).DialContext(r.Context(), "tcp", broker)
		if err != nil {
			t.Errorf("dial the broker: %v", err)
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			defer ws.Close()
			buffer := make([]byte, 4096)
			for {
				n, err := tcp.Read(buffer)
				if err != nil || ws.WriteMessage(websocket.BinaryMessage, buffer[:n]) != nil {
					return
				}
			}
		}()
		for {
			_, frame, err := ws.ReadMessage()
			if err != nil {
				break
			}
			if _, err := tcp.Write(frame); err != nil {
				break
			}
		}
		_ = tcp.Close()
		<-back
	})
}

func TestWebSockets(t *testing.T) {
	t.Parallel()
	t.Run("ws", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(webSocketGate(t, startBroker(t, broker.Config{}).MQTTAddr()))
		t.Cleanup(server.Close)
		exchange(t, mqtt.Config{
			URL: "ws" + strings.TrimPrefix(server.URL, "http") + "/mqtt", ClientID: "a", Topics: []string{"city/#"},
		})
	})
	t.Run("wss", func(t *testing.T) {
		t.Parallel()
		a := newAuthority(t)
		a.issue(t, "server")
		pair, err := tls.LoadX509KeyPair(a.path("server.crt"), a.path("server.key"))
		if err != nil {
			t.Fatal(err)
		}
		authorities := x509.NewCertPool()
		authorities.AddCert(a.cert)
		server := httptest.NewUnstartedServer(webSocketGate(t, startBroker(t, broker.Config{}).MQTTAddr()))
		server.TLS = &tls.Config{
			MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authorities,
		}
		server.StartTLS()
		t.Cleanup(server.Close)
		config := a.client(t, "wss"+strings.TrimPrefix(server.URL, "https")+"/mqtt")
		config.ClientID, config.Topics, config.Username, config.PasswordFile = "b", []string{"city/#"}, "", ""
		exchange(t, config)
	})
}

func TestStrangersAreNotTrusted(t *testing.T) {
	t.Parallel()
	a, addr := newAuthority(t), freeAddr(t)
	startMosquitto(t, addr, a.secure(t))
	good := a.client(t, "ssl://"+addr)
	writeFile(t, a.path("wrong"), "guess")
	for name, c := range map[string]struct {
		change func(*mqtt.Config)
		want   string
	}{
		"authority":   {func(c *mqtt.Config) { c.CAFile = newAuthority(t).path("ca.crt") }, "unknown authority"},
		"system":      {func(c *mqtt.Config) { c.CAFile = "" }, "unknown authority"},
		"certificate": {func(c *mqtt.Config) { c.CertFile, c.KeyFile = "", "" }, "certificate required"},
		"password":    {func(c *mqtt.Config) { c.PasswordFile = a.path("wrong") }, "not Authorized"},
		"name":        {func(c *mqtt.Config) { c.URL = strings.Replace(c.URL, "127.0.0.1", "localhost", 1) }, "localhost"},
	} {
		config := good
		config.ClientID = name
		c.change(&config)
		client := subscribe(t, config)
		eventually(t, "turned away for its "+name, func() bool {
			s := client.Status()
			return !s.Connected && s.Err != nil && strings.Contains(s.Err.Error(), c.want)
		})
	}
}
