package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/metrics"
	"opscenter/internal/reference"
	"opscenter/internal/report"
	"opscenter/internal/stream"
)

// startHTTP serves everything that people and programs ask for, and writes endpoints.json.
func (a *App) startHTTP(ctx context.Context) error {
	if err := httpapi.CheckListen(a.config.Listen); err != nil {
		return err
	}
	desk := a.desk()
	a.hub = stream.New(stream.Config{
		Act:     a.actOverStream(desk),
		Health:  func() (string, time.Duration) { return a.health.Load().Ingest, a.dataAge() },
		Now:     func() time.Time { return time.Now().In(a.zone) },
		Origins: a.config.AllowOrigin, Log: a.log.With("part", "stream"), Metrics: a.metrics,
	}, a.board)
	a.lifecycle.add("stream", 5*time.Second, a.hub.Close)
	a.followGauges()
	backups, endBackups := a.newBackups()
	past := a.newPast()
	a.lifecycle.add("replays", 5*time.Second, past.close)
	handler, err := httpapi.New(httpapi.Config{
		Version: a.config.Version, Picture: a.board, History: history{a.store},
		Quarantine: quarantine{store: a.store, sealer: a.sealer, source: a.source}, Inventory: csvInventory{a.inventory},
		Indicators: figures{a.store}, Discovery: discovery{store: a.store, inventory: a.inventory, subsystems: a.ingest.Subsystems},
		Series: a.measured(), Reports: reports{a.maker()}, ReportJobs: reportJobs{a.jobs}, ReportStyle: report.Style(), Zone: a.zone, Past: past,
		Backups: backups, Token: a.token,
		Notifications: notifications{notifier: a.notifier, store: a.store},
		Retention:     retention{store: a.store, policy: a.policy, zone: a.zone},
		Legend:        a.legend, AsyncAPI: func() ([]byte, error) { return reference.AsyncAPI(a.ingest.Subsystems()) },
		Desk: desk, Maintenance: a.planner(), Audit: audit{store: a.store, zone: a.zone}, Workload: a.burden(),
		Ready: a.checks, Screens: a.screens, Stream: a.hub, Scrape: a.metrics.Handler(), Web: a.config.Web,
		Metrics: a.metrics, Origins: a.config.AllowOrigin, Log: a.log.With("part", "http"),
	})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	if a.listener, err = lc.Listen(ctx, "tcp", a.config.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	a.server = httpapi.NewServer(handler, a.log.With("part", "http"))
	a.lifecycle.task("HTTP", 5*time.Second, a.failed, a.serve)
	a.lifecycle.add("backups", 5*time.Second, endBackups)
	a.endpoints.HTTP = "http://" + a.listener.Addr().String()
	a.log.Info("listening", "http", a.endpoints.HTTP, "mqtt", a.endpoints.MQTT)
	return a.dir.writeEndpoints(a.endpoints)
}

// serve serves until ctx ends, then lets requests under way finish.
func (a *App) serve(ctx context.Context) error {
	stopped := make(chan error, 1)
	defer context.AfterFunc(ctx, func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		stopped <- a.server.Shutdown(limited)
	})()
	if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

func (a *App) screens() []httpapi.Screen {
	var screens []httpapi.Screen
	for _, s := range a.hub.Screens() {
		screens = append(screens, httpapi.Screen(s))
	}
	return screens
}

// followGauges lets a scrape ask for what is a state rather than an event.
func (a *App) followGauges() {
	a.metrics.Follow(metrics.Gauges{
		Devices: a.countDevices,
		Ingest:  func() string { return a.health.Load().Ingest },
		DataAge: a.dataAge,
		Queues:  func() map[string]int { return map[string]int{"mqtt": a.client.Status().Queued} },
		LogLag: func() map[string]float64 {
			lag := 0.0
			for p := range a.recorders {
				lag += float64(a.lag(p))
			}
			return map[string]float64{"recorder": lag}
		},
		ProjectionLag: a.dataAge,
		Stream: func() metrics.Stream {
			s := a.hub.Stats()
			return metrics.Stream{Clients: s.Clients, Views: s.Views, Subscriptions: s.Subscriptions, Deepest: s.Deepest}
		},
		Walls:    a.walls,
		Channels: a.channelGauges,
		Classes: func() []metrics.Class {
			if known := a.classes.Load(); known != nil {
				return *known
			}
			return nil
		},
		Alarms: a.countAlarms,
	})
}

func (a *App) countDevices() map[string]int {
	c := a.board.City().Devices
	return map[string]int{
		city.OK.String(): c.OK, city.Warning.String(): c.Warning, city.Critical.String(): c.Critical,
		city.Stale.String(): c.Stale, city.Unknown.String(): c.Unknown, city.Maintenance.String(): c.Maintenance,
	}
}

func (a *App) walls() []metrics.Wall {
	var walls []metrics.Wall
	for _, s := range a.hub.Screens() {
		walls = append(walls, metrics.Wall{
			Screen: s.Screen, Connected: s.Connected, Age: time.Since(s.LastSeen), Behind: s.Behind,
			ClockOffset: time.Duration(s.ClockOffset * float64(time.Millisecond)),
		})
	}
	return walls
}
