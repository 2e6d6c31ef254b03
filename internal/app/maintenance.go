package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
	"opscenter/internal/maintenance"
	"opscenter/internal/store"
)

// mostTimes is how many times of a window are shown.
const mostTimes = 5

// mostMute is how long a technician may mute a device.
const mostMute = 8 * time.Hour

// windowMemory is what is remembered of maintenance windows.
type windowMemory interface {
	Windows(ctx context.Context, before store.WindowPlace, limit int) ([]store.Window, error)
	WindowsByID(ctx context.Context, ids []string) ([]store.Window, error)
}

// planner is httpapi.Maintenance on the live picture, the log and the store.
type planner struct {
	deed
	zone       *time.Location
	coming     func() []city.Window // those that are, or may still come
	windows    windowMemory
	inventory  func() *city.Inventory
	subsystems func(id string) bool
}

// Maintain implements httpapi.Maintenance. The window's id is made of the key, so that the same key is
// the same window.
func (p *planner) Maintain(ctx context.Context, a city.Action) (httpapi.Window, error) {
	a.Window.ID = windowID(a.Key)
	if a.Window.Mute && p.inventory().Device(a.Window.Device) == nil {
		return httpapi.Window{}, fmt.Errorf("%w: there is no device %q", httpapi.ErrNotFound, a.Window.Device)
	}
	if err := p.check(&a); err != nil {
		return httpapi.Window{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	outcome, _, err := p.do(ctx, &a)
	if err != nil {
		return httpapi.Window{}, err
	}
	if outcome == city.Refused || outcome == city.NoSuch {
		return httpapi.Window{}, fmt.Errorf("%w: the window was not planned", httpapi.ErrConflict)
	}
	return p.after(ctx, a.Window.ID, a.Window), nil
}

// windowID makes the id of a window of the key of the action that plans it.
func windowID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "w-" + hex.EncodeToString(sum[:8])
}

// check returns what is wrong with a window: that it never comes, or that what it is for is not there.
func (p *planner) check(a *city.Action) error {
	w := a.Window
	if err := checkAction(a, p.now()); err != nil {
		return err
	}
	if a.Reason == "" {
		return errors.New("reason: why there is maintenance must be said")
	}
	if err := checkText("title", w.Title, longestText, ""); err != nil {
		return err
	}
	if w.Mute && w.Duration > mostMute {
		return fmt.Errorf("minutes: a device is muted for at most %v", mostMute)
	}
	w.Start, w.Duration = w.Start.UTC().Truncate(time.Microsecond), w.Duration.Truncate(time.Second)
	schedule, err := maintenance.Plan(w, p.zone)
	if err != nil {
		return err
	}
	if schedule.Over(p.now()) {
		return errors.New("the window is over before it is planned")
	}
	return p.checkScope(w)
}

func (p *planner) checkScope(w *city.Window) error {
	inv := p.inventory()
	area := func(id string) bool {
		return slices.ContainsFunc(inv.Areas, func(a city.Area) bool { return a.ID == id })
	}
	contractor := func(name string) bool {
		return slices.ContainsFunc(inv.Devices, func(d city.Device) bool { return d.Contractor == name })
	}
	for _, scope := range []struct {
		name, value string
		known       func(string) bool
	}{
		{"device", w.Device, func(id string) bool { return inv.Device(id) != nil }},
		{"location", w.Location, func(id string) bool { return inv.Location(id) != nil }},
		{"area", w.Area, area},
		{"subsystem", w.Subsystem, p.subsystems},
		{"contractor", w.Contractor, contractor},
	} {
		if scope.value != "" && !scope.known(scope.value) {
			return fmt.Errorf("%s: there is no %s %q", scope.name, scope.name, scope.value)
		}
	}
	return nil
}

// Resume implements httpapi.Maintenance.
func (p *planner) Resume(ctx context.Context, a city.Action) (httpapi.Window, error) {
	if err := checkAction(&a, p.now()); err != nil {
		return httpapi.Window{}, fmt.Errorf("%w: %w", httpapi.ErrInvalid, err)
	}
	was := p.planned(a.WindowID)
	outcome, _, err := p.do(ctx, &a)
	if err != nil {
		return httpapi.Window{}, err
	}
	if outcome == city.NoSuch || outcome == city.Refused {
		return httpapi.Window{}, fmt.Errorf("%w: there is no maintenance %q that can still come", httpapi.ErrNotFound, a.WindowID)
	}
	w := p.after(ctx, a.WindowID, was)
	if w.CancelledAt.IsZero() { // it is done, and the picture or the database is late
		w.State, w.CancelledAt, w.CancelledBy, w.CancelledIn = "cancelled", p.now().In(p.zone), a.Actor, a.Reason
	}
	return w, nil
}

// planned returns a window that can still come, or nil.
func (p *planner) planned(id string) *city.Window {
	for _, w := range p.coming() {
		if w.ID == id {
			return &w
		}
	}
	return nil
}

// after returns a window as it is after an action, of which the database may not know yet.
func (p *planner) after(ctx context.Context, id string, was *city.Window) httpapi.Window {
	current := p.planned(id)
	var found *store.Window
	wait(ctx, func(ctx context.Context) bool {
		rows, err := p.windows.WindowsByID(ctx, []string{id})
		if err == nil && len(rows) == 1 {
			found = &rows[0]
		}
		return err != nil || found != nil && (current != nil) == found.CancelledAt.IsZero()
	})
	switch {
	case found != nil:
		return p.window(found)
	case current != nil:
		return p.window(&store.Window{Window: *current})
	case was != nil:
		return p.window(&store.Window{Window: *was})
	}
	return httpapi.Window{ID: id, State: "past", Times: []httpapi.WindowTime{}}
}

// Windows implements httpapi.Maintenance: what can still come is in the live picture, whether or not
// the database is there.
func (p *planner) Windows(ctx context.Context, q httpapi.WindowQuery) (httpapi.WindowPage, error) {
	if q.State == "past" || q.State == "all" {
		return p.past(ctx, q)
	}
	list := p.coming()
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	known := make(map[string]*store.Window)
	rows, err := p.windows.WindowsByID(ctx, ids)
	if err != nil {
		p.log.WarnContext(ctx, "who planned maintenance is not known at the moment", "error", err)
	}
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	var all []httpapi.Window
	for i := range list {
		row := known[list[i].ID]
		if row == nil {
			row = &store.Window{Window: list[i]}
		}
		if w := p.window(row); w.State == q.State || q.State == "current" && w.State != "past" {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(x, y httpapi.Window) int { return nextOf(&x).Compare(nextOf(&y)) })
	return pageOf(all, q)
}

// nextOf returns when a window is next.
func nextOf(w *httpapi.Window) time.Time {
	if len(w.Times) == 0 {
		return w.Start
	}
	return w.Times[0].From
}

// pageOf cuts a page out of windows: a cursor is the id of the last one before.
func pageOf(all []httpapi.Window, q httpapi.WindowQuery) (httpapi.WindowPage, error) {
	page := httpapi.WindowPage{Total: len(all)}
	if q.After != "" {
		i := slices.IndexFunc(all, func(w httpapi.Window) bool { return w.ID == q.After })
		all = all[i+1:] // from the first if that one is gone: better twice than never
	}
	if len(all) > q.Limit {
		all = all[:q.Limit]
		page.Next = all[q.Limit-1].ID
	}
	page.Items = all
	return page, nil
}

// past lists what the database knows, the latest first: of the state past only what is over.
func (p *planner) past(ctx context.Context, q httpapi.WindowQuery) (httpapi.WindowPage, error) {
	var before store.WindowPlace
	if q.After != "" {
		if err := json.Unmarshal([]byte(q.After), &before); err != nil {
			return httpapi.WindowPage{}, fmt.Errorf("%w: cursor: not one that a list gave", httpapi.ErrInvalid)
		}
	}
	rows, err := p.windows.Windows(ctx, before, q.Limit+1)
	if err != nil {
		return httpapi.WindowPage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	var page httpapi.WindowPage
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last, err := json.Marshal(store.WindowPlace{PlannedAt: rows[q.Limit-1].PlannedAt, ID: rows[q.Limit-1].ID})
		if err != nil {
			return page, fmt.Errorf("cursor: %w", err)
		}
		page.Next = string(last)
	}
	for i := range rows {
		if w := p.window(&rows[i]); q.State == "all" || w.State == "past" || w.State == "cancelled" {
			page.Items = append(page.Items, w)
		}
	}
	page.Total = len(page.Items)
	return page, nil
}

// window returns a window with the state that it is in, and its next times.
func (p *planner) window(row *store.Window) httpapi.Window {
	w := &row.Window
	out := httpapi.Window{
		ID: w.ID, State: "past", Device: w.Device, Location: w.Location, Area: w.Area, Subsystem: w.Subsystem, Contractor: w.Contractor,
		Start: w.Start.In(p.zone), Minutes: w.Duration.Minutes(), Rule: w.Rule, Mute: w.Mute, Title: w.Title, Times: []httpapi.WindowTime{},
		PlannedAt: civic(row.PlannedAt, p.zone), PlannedBy: row.PlannedBy, Reason: row.Why,
		CancelledAt: civic(row.CancelledAt, p.zone), CancelledBy: row.CancelledBy, CancelledIn: row.CancelWhy,
	}
	if !row.CancelledAt.IsZero() {
		out.State = "cancelled"
		return out
	}
	schedule, err := maintenance.Plan(w, p.zone)
	if err != nil {
		return out // it was planned when it could be read
	}
	out.Times = times(schedule, p.now(), w.Duration, p.zone)
	if len(out.Times) > 0 {
		out.State = "upcoming"
		if !out.Times[0].From.After(p.now()) {
			out.State = "active"
		}
	}
	return out
}

// times returns the present time of a schedule and the next.
func times(s *maintenance.Schedule, now time.Time, lasts time.Duration, zone *time.Location) []httpapi.WindowTime {
	list := []httpapi.WindowTime{}
	add := func(from time.Time) {
		list = append(list, httpapi.WindowTime{From: from.In(zone), To: from.Add(lasts).In(zone)})
	}
	if begin, _, on := s.At(now); on {
		add(begin)
	}
	for at := now; len(list) < mostTimes; {
		begin, ok := s.Next(at)
		if !ok {
			break
		}
		add(begin)
		at = begin
	}
	return list
}
