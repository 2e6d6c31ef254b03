// Package httpapi is the center's HTTP interface: the live picture, history, quarantine and
// inventory as JSON with an OpenAPI 3.1 description, the stream, and the pages of the wall. Errors
// are RFC 9457 problem documents. What it needs from others it declares as interfaces.
package httpapi

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"opscenter/internal/city"
)

// Source is the live picture.
type Source interface {
	// Cut calls read with the picture; nothing changes until read returns.
	Cut(read func(city.Picture))
}

// History remembers how well devices were.
type History interface {
	// DeviceHistory returns the stretches of time that touch from to to, oldest first. A device that
	// nothing is known of has none.
	DeviceHistory(ctx context.Context, device string, from, to time.Time) ([]Interval, error)
}

// Quarantine keeps what could not be read.
type Quarantine interface {
	// Quarantine lists messages, the latest first.
	Quarantine(ctx context.Context, q QuarantineQuery) (QuarantinePage, error)

	// Replay gives a message to ingest again; ErrNotFound if there is none.
	Replay(ctx context.Context, id int64) error
}

// Inventory reads and writes what is registered, as CSV.
type Inventory interface {
	// Export writes the whole inventory.
	Export(ctx context.Context, w io.Writer) error

	// Import adds and changes what the file says, in one transaction, or only says what it would do.
	// Faults in the file are RowErrors, and then nothing is changed.
	Import(ctx context.Context, r io.Reader, dryRun bool) (ImportReport, error)
}

// Metrics counts requests by route, never by path.
type Metrics interface {
	Request(route, method string, status int, took time.Duration)
}

// Config is everything that the interface serves. What is nil has no route, except Log, Now
// and Zone, which have defaults.
type Config struct {
	Version    string
	Picture    Source
	History    History
	Series     Series
	Reports    Reports
	ReportJobs ReportJobs
	Past       Past
	Quarantine Quarantine
	Inventory  Inventory
	Legend     func() Legend
	Indicators Indicators
	Discovery  Discovery
	Retention  Retention
	Backups    Backups
	Token      string // what proves that a client is on this machine, as the center's user
	Ready      func(ctx context.Context) []Check
	Screens    func() []Screen
	AsyncAPI   func() ([]byte, error) // describes the MQTT topics as they are now, as JSON
	Stream     http.Handler
	Scrape     http.Handler // what /metrics answers
	Web        fs.FS        // the pages, with index.html
	Metrics    Metrics

	Desk        Desk
	Maintenance Maintenance
	Audit       Audit
	Workload    Workload

	Notifications Notifications
	ReportStyle   []byte // the stylesheet of reports as pages

	Hosts   []string // names that the center may be called by, besides loopback addresses and localhost
	Origins []string // pages from elsewhere that may change things, such as http://localhost:5173

	Now  func() time.Time
	Zone *time.Location // the civic time zone; nil: UTC
	Log  *slog.Logger
}

// api is the interface while its routes are being declared, and what they share.
type api struct {
	Config
	mux       *http.ServeMux
	huma      huma.API
	devices   index
	locations index
	systems   index
	areas     index
}

// New returns the handler of every route. It fails if an origin cannot be one.
func New(c Config) (http.Handler, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	a := &api{
		Config: c, mux: http.NewServeMux(),
		devices: index{prefix: "device/"}, locations: index{prefix: "location/"},
		systems: index{prefix: "subsystem/"}, areas: index{prefix: "area/"},
	}
	a.huma = humago.New(a.mux, humaConfig(c.Version))
	a.probes()
	a.live()
	a.legend()
	a.history()
	a.series()
	a.reportRoutes()
	a.alarms()
	a.workload()
	a.maintenance()
	a.audit()
	a.past()
	a.quarantine()
	a.inventory()
	a.discovery()
	a.notifications()
	a.indicators()
	a.retention()
	a.backups()
	a.screens()
	a.streaming()
	if err := a.describe(); err != nil {
		return nil, err
	}
	a.mux.HandleFunc("/api/", a.unknown)
	if c.Web != nil {
		a.mux.Handle("/", a.pages())
	} else {
		a.mux.HandleFunc("/", a.unknown)
	}
	return a.guard(a.mux)
}

// humaConfig leaves out everything that loads from elsewhere or that nobody asked for.
func humaConfig(version string) huma.Config {
	c := huma.DefaultConfig("opscenter", version)
	c.Info.Description = "The live picture of a city operations center, what it remembers, and what is registered."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	return c
}

// NewServer returns a server with limits on everything that a client could draw out. Streams set
// deadlines of their own.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
