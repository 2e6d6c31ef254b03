package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/httpapi"
	"opscenter/internal/ingest"
	"opscenter/internal/store"
)

// How things stand between the devices and the wall, as heartbeats and the system entity say it.
const (
	ingestLive       = "live"
	ingestCatchingUp = "catching_up" // the picture is still that of an earlier time
	ingestBlind      = "blind"       // nothing new can come in: what is shown may be wrong by now
)

// blindAfter is how old the picture may be before it counts as blind. The log gets a clock mark
// every second, so a picture this old means that the log stands still or nobody reads it.
const blindAfter = 5 * time.Second

// health is the system entity.
type health struct {
	Ingest      string    `json:"ingest"`
	Why         string    `json:"why,omitempty"` // it is not live
	Since       time.Time `json:"since,omitzero"`
	Broker      string    `json:"broker"`       // ok or down
	Database    string    `json:"database"`     // ok or down
	LogLag      uint64    `json:"log_lag"`      // sequences of the log that are not stored yet
	LogUsedPct  int       `json:"log_used_pct"` // of the log's size limit
	Quarantined int64     `json:"quarantined"`  // messages in quarantine
	Version     string    `json:"version"`

	Channels []channelHealth `json:"channels,omitempty"` // on which people are told of alarms
}

// watchHealth brings the system entity up to date every second, until ctx ends.
func (a *App) watchHealth(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var slow slowFigures
	for turn := 0; ; turn++ {
		if turn%5 == 0 {
			slow.refresh(ctx, a)
		}
		a.updateHealth(&slow)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// slowFigures are those that cost a question to the database or the log.
type slowFigures struct {
	quarantined int64
	usedPct     int
	database    error
	channels    []channelHealth // as they were when the database last answered
}

func (f *slowFigures) refresh(ctx context.Context, a *App) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if f.database = a.store.Ping(ctx); f.database == nil {
		if page, err := a.store.Quarantine(ctx, store.QuarantineQuery{Limit: 1}); err == nil {
			f.quarantined = page.Total
		}
		if channels, err := a.channelHealth(ctx); err == nil {
			f.channels = channels
		}
	}
	if usage, err := a.eventlog.Usage(ctx); err == nil && usage.MaxBytes > 0 {
		f.usedPct = int(100 * float64(usage.Bytes) / float64(usage.MaxBytes))
		a.metrics.SetLogUsage(usage.Bytes, usage.MaxBytes)
	}
}

func (a *App) updateHealth(slow *slowFigures) {
	before := a.health.Load()
	h := &health{Broker: "ok", Database: "ok", LogUsedPct: slow.usedPct, Quarantined: slow.quarantined, Version: a.config.Version, Channels: slow.channels}
	h.Ingest, h.Why = a.ingestState()
	if h.Since = before.Since; h.Ingest != before.Ingest {
		h.Since = time.Now().In(a.zone).Truncate(time.Second)
		a.log.Info("ingest", "state", h.Ingest, "why", h.Why)
	}
	if a.brokerFault() != "" {
		h.Broker = "down"
	}
	if slow.database != nil || a.recorderFault() != "" {
		h.Database = "down"
	}
	for p := range a.recorders {
		h.LogLag += a.lag(p)
	}
	a.health.Store(h)
	if err := a.board.SetSystem(h); err != nil {
		a.log.Error("system entity", "error", err)
	}
}

// ingestState says how things stand, and why if they are not live.
func (a *App) ingestState() (state, why string) {
	if why := a.brokerFault(); why != "" {
		return ingestBlind, "broker: " + why
	}
	if s := a.ingest.Status(); s.State == ingest.Stalled {
		return ingestBlind, fmt.Sprintf("log: %v", s.Err)
	}
	if !a.isCaughtUp() {
		return ingestCatchingUp, "reading the log"
	}
	if age := a.dataAge(); age > blindAfter {
		return ingestBlind, fmt.Sprintf("log: nothing read for %v", age.Round(time.Second))
	}
	return ingestLive, ""
}

// brokerFault says why no message of a device can come in, or "" if it can. An embedded broker that cannot
// write takes none, though the log may have room for its marks for a minute yet.
func (a *App) brokerFault() string {
	if s := a.client.Status(); !s.Subscribed {
		if s.Err == nil {
			return "not connected yet"
		}
		return s.Err.Error()
	}
	if a.broker != nil {
		if err := a.broker.Err(); err != nil {
			return strings.ReplaceAll(err.Error(), "\n", "; ")
		}
	}
	return ""
}

// isCaughtUp says whether the board has reached what the log held at the start.
func (a *App) isCaughtUp() bool {
	if a.caughtUp.Load() {
		return true
	}
	for p, head := range a.head {
		if a.board.Position(p) < head {
			return false
		}
	}
	a.caughtUp.Store(true)
	return true
}

// dataAge is how old the picture is: the time since the newest entry that the board has.
func (a *App) dataAge() time.Duration {
	oldest := a.board.Oldest()
	if oldest.IsZero() {
		return 0
	}
	return max(0, time.Since(oldest))
}

// lag returns how many sequences the recorder of a partition is behind the wall.
func (a *App) lag(p int) uint64 {
	shown, stored := a.board.Position(p), a.recorders[p].Position()
	return shown - min(shown, stored)
}

func (a *App) recorderFault() string {
	for _, r := range a.recorders {
		if why := r.Failing(); why != "" {
			return why
		}
	}
	return ""
}

// checks answers /readyz.
func (a *App) checks(ctx context.Context) []httpapi.Check {
	checks := []httpapi.Check{{Name: "mqtt"}, {Name: "log"}, {Name: "database"}, {Name: "projection"}}
	checks[0].Error = a.brokerFault()
	if s := a.ingest.Status(); s.State == ingest.Stalled {
		checks[1].Error = fmt.Sprintf("nothing is taken since %s: %v", s.Since.In(a.zone).Format(time.RFC3339), s.Err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := a.store.Ping(ctx); err != nil {
		checks[2].Error = err.Error()
	} else if why := a.recorderFault(); why != "" {
		checks[2].Error = why
	}
	if !a.isCaughtUp() {
		checks[3].Error = "reading the log"
	} else if age := a.dataAge(); age > blindAfter {
		checks[3].Error = fmt.Sprintf("the picture is %v old", age.Round(time.Second))
	}
	for i := range checks {
		checks[i].OK = checks[i].Error == ""
	}
	return checks
}
