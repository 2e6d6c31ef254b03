package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/live"
	"opscenter/internal/metrics"
	"opscenter/internal/stream"
)

// deed returns the way of every action.
func (a *App) deed() deed {
	return deed{
		board: a.board, memory: a.store, append: a.eventlog.Append, ready: a.isCaughtUp, now: time.Now,
		log: a.log.With("part", "desk"),
	}
}

func (a *App) desk() *desk { return &desk{deed: a.deed(), zone: a.zone} }

func (a *App) planner() *planner {
	return &planner{
		deed: a.deed(), zone: a.zone, windows: a.store, inventory: a.inventory.current,
		coming:     func() []city.Window { return windowsOf(a.board.Windows()) },
		subsystems: func(id string) bool { return a.ingest.Subsystems().ByID(id) != nil },
	}
}

func windowsOf(views []live.WindowView) []city.Window {
	windows := make([]city.Window, len(views))
	for i := range views {
		v := &views[i]
		windows[i] = city.Window{
			ID: v.ID, Device: v.Device, Location: v.Location, Area: v.Area, Subsystem: v.Subsystem, Contractor: v.Contractor,
			Start: v.Start, Duration: time.Duration(v.Duration) * time.Second, Rule: v.Rule, Mute: v.Mute, Title: v.Title,
		}
	}
	return windows
}

func (a *App) burden() burden {
	return burden{steps: a.store.EachStep, operators: a.config.File.Alarms.Operators, zone: a.zone}
}

// actOverStream is stream.Config.Act: the same action as over HTTP, with its errors in the stream's words.
func (a *App) actOverStream(d *desk) func(context.Context, city.Action) (city.Outcome, error) {
	return func(ctx context.Context, action city.Action) (city.Outcome, error) {
		outcome, repeated, err := d.outcome(ctx, &action)
		switch {
		case errors.Is(err, httpapi.ErrInvalid):
			return "", err
		case err != nil:
			a.log.WarnContext(ctx, "an action over the stream found something down", "error", err)
			return "", fmt.Errorf("this action is %w; ask again with the same key", stream.ErrUnavailable)
		case repeated && outcome == city.Done:
			return city.Repeated, nil
		}
		return outcome, nil
	}
}

// countAlarms counts what is on the list, for a scrape.
func (a *App) countAlarms() metrics.Alarms {
	counts := a.board.AlarmCounts()
	return metrics.Alarms{
		Active:         map[string]int{"critical": counts.Critical, "warning": counts.Active - counts.Critical},
		Unacknowledged: counts.Unacknowledged, Flood: a.board.Flood().Active,
	}
}
