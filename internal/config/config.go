// Package config is everything that an operator can set, and its strict loading: from flags, from
// environment variables OPSCENTER_<FLAG>, and from a YAML file, in that order of precedence. A key
// that nobody reads is an error that names it, wherever it stands.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/alecthomas/kong"
)

// Serve holds the settings of a center: of the commands serve, demo and check.
type Serve struct {
	Config kong.ConfigFlag `help:"YAML file with settings under the names of these flags, each subsystem's own under subsystems, the instances of dialects under dialects, how long data is kept under retention, and reports that are made again and again under reports." placeholder:"FILE"`

	Listen      string `help:"HTTP and WebSocket address. Loopback only until accounts exist; port 0 picks a free one." default:"127.0.0.1:8080"`
	Data        string `help:"Directory for the log, the private database, keys and endpoints.json." default:"./data" type:"path"`
	DatabaseURL string `help:"PostgreSQL 14 or later; without it a private cluster runs in the data directory." placeholder:"URL" name:"database-url"`
	Timezone    string `help:"The city's civic time zone." default:"Asia/Ho_Chi_Minh"`

	MQTT MQTT `embed:"" prefix:"mqtt-"`
	Log  Log  `embed:"" prefix:""`

	PublicURL string `help:"Address by which people open the pages, such as https://ioc.example.org. Links in notifications begin with it; without it there are none." placeholder:"URL" name:"public-url"`

	AllowOrigin []string `help:"Further web origins that may open the stream, such as https://wall.example.org." placeholder:"ORIGIN"`

	LogLevel  string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat string `help:"text or json." enum:"text,json" default:"text"`
}

// MQTT says where messages come from: the embedded broker, or the city's own.
type MQTT struct {
	URL          string `help:"External MQTT 3.1.1 broker: tcp, ssl, ws or wss. Without it the embedded broker runs." placeholder:"URL" name:"url"`
	Listen       string `help:"Address of the embedded broker; port 0 picks a free one." default:"127.0.0.1:1883"`
	Root         string `help:"Root of the native topics." default:"ioc/v1"`
	ClientID     string `help:"Client id, and so the persistent session, at the broker." default:"opscenter" name:"client-id"`
	Username     string `help:"User name at an external broker."`
	PasswordFile string `help:"File with the password at an external broker." type:"path"`
	CAFile       string `help:"PEM file of the authority that signed the broker's certificate." type:"path" name:"ca-file"`
	CertFile     string `help:"PEM file of our client certificate." type:"path"`
	KeyFile      string `help:"PEM file of our client certificate's key." type:"path"`
}

// Log says where accepted messages are kept until they are projected and stored, and for how long.
type Log struct {
	NATSURL    string        `help:"External NATS with JetStream for the log. Without it the log is embedded." placeholder:"URL" name:"nats-url"`
	Partitions int           `help:"Partitions of a log that is yet to be created; an existing log keeps its own." default:"1" name:"partitions"`
	MaxMB      int64         `help:"Size of the log in MiB. When it is full of entries that are not stored yet, messages wait at the broker." default:"4096" name:"log-max-mb"`
	MaxAge     time.Duration `help:"Age after which stored entries are trimmed from the log." default:"24h" name:"log-max-age"`
}

// Zone returns the civic time zone.
func (s *Serve) Zone() (*time.Location, error) {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, fmt.Errorf("timezone %q: %w", s.Timezone, err)
	}
	return zone, nil
}

// Validate returns what kong cannot see for itself, all faults joined.
func (s *Serve) Validate() error {
	var faults []error
	if _, err := s.Zone(); err != nil {
		faults = append(faults, err)
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		faults = append(faults, fmt.Errorf("public-url: %q is no address such as https://ioc.example.org", s.PublicURL))
	}
	if s.Log.Partitions < 1 || s.Log.Partitions > 64 {
		faults = append(faults, fmt.Errorf("partitions: %d is not between 1 and 64", s.Log.Partitions))
	}
	if s.Log.MaxMB < 8 {
		faults = append(faults, fmt.Errorf("log-max-mb: %d is less than 8", s.Log.MaxMB))
	}
	if s.Log.MaxAge < time.Minute {
		faults = append(faults, fmt.Errorf("log-max-age: %v is less than 1m", s.Log.MaxAge))
	}
	if (s.MQTT.CertFile == "") != (s.MQTT.KeyFile == "") {
		faults = append(faults, errors.New("mqtt-cert-file and mqtt-key-file go together"))
	}
	return errors.Join(faults...)
}
