// Package app builds a center from its configuration and runs it: it is the only place where the
// parts know each other. What it starts it stops in reverse order.
package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/config"
	"opscenter/internal/eventlog"
	"opscenter/internal/httpapi"
	"opscenter/internal/ingest"
	"opscenter/internal/live"
	"opscenter/internal/metrics"
	"opscenter/internal/mqtt"
	"opscenter/internal/notify"
	"opscenter/internal/recorder"
	"opscenter/internal/reporting"
	"opscenter/internal/seal"
	"opscenter/internal/store"
	"opscenter/internal/stream"
	"opscenter/internal/subsystem"
)

// Config is everything that a center is built from.
type Config struct {
	config.Serve

	File      config.File // what only the configuration file says
	Factories []subsystem.Factory
	Dialects  []subsystem.Dialect
	Channels  []notify.Factory // kinds of channels
	Seed      *Seed            // registered if nothing is; nil for none
	Version   string
	Web       fs.FS // the pages
	Logger    *slog.Logger

	// LimitMemory lets the center set the memory limit of its process by what is registered.
	LimitMemory bool
}

// Seed is an inventory to begin with.
type Seed struct {
	Areas     []city.Area
	Locations []city.Location
	Devices   []city.Device
}

// App is a running center.
type App struct {
	config    Config
	log       *slog.Logger
	zone      *time.Location
	policy    store.Policy
	quiet     quiet // held while nothing may be forgotten
	lifecycle lifecycle
	failed    chan error // the first part that ended by itself

	dir   *dataDir
	token string // of whoever can read the data directory

	databaseURL string
	subsystems  *subsystem.Set
	sealer      *seal.Sealer
	store       *store.Store
	broker      *broker.Server // nil if both broker and log are external
	eventlog    *eventlog.Log
	shows       live.BoardConfig // what the wall shows, and every picture of the past
	board       *live.Board
	recorders   []*recorder.Recorder
	ingest      *ingest.Ingest
	client      *mqtt.Client
	source      *source
	hub         *stream.Hub
	metrics     *metrics.Metrics
	inventory   *inventoryService
	jobs        *reporting.Jobs
	server      *http.Server
	listener    net.Listener
	endpoints   Endpoints

	publisher *mqtt.Publisher // of notifications; nil if none goes to the broker
	notifier  *notify.Notifier
	mailer    notify.Mailer // nil if no channel can send mail

	head     []uint64    // of each partition at the start: caught up is being there
	caughtUp atomic.Bool // the board has been at head once
	health   atomic.Pointer[health]
	classes  atomic.Pointer[[]metrics.Class]
}

// New starts everything and returns once the center answers on its addresses; it may still be
// catching up, which /readyz tells. If a part does not start, those that did are stopped again.
func New(ctx context.Context, c Config) (*App, error) {
	a := &App{config: c, log: c.Logger, failed: make(chan error, 1), quiet: newQuiet()}
	a.lifecycle.log = c.Logger
	a.health.Store(&health{Ingest: ingestCatchingUp})
	for _, start := range []func(context.Context) error{
		a.openDirectory, a.openSubsystems, a.openStore, a.openBroker, a.openLog, a.openInventory,
		a.startProjections, a.startIngest, a.startNotifier, a.startJobs, a.startReports, a.startHTTP,
	} {
		if err := start(ctx); err != nil {
			return nil, errors.Join(err, a.lifecycle.close())
		}
	}
	return a, nil
}

// Endpoints returns the addresses that the center answers on.
func (a *App) Endpoints() Endpoints { return a.endpoints }

// Ready waits until every part that /readyz asks is ready, or ctx ends.
func (a *App) Ready(ctx context.Context) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for slices.ContainsFunc(a.checks(ctx), func(c httpapi.Check) bool { return !c.OK }) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Run waits until ctx ends or a part fails, then stops everything with all that was accepted
// flushed. It returns nil when ctx ended it.
func (a *App) Run(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case err = <-a.failed:
		a.log.Error("stopping, because a part has failed", "error", err)
	}
	return errors.Join(err, a.lifecycle.close())
}
