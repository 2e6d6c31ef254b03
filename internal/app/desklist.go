package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/fold"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// mostHistory is how many transitions of an alarm are shown.
const mostHistory = 1000

// Alarms implements httpapi.Desk: what is on the list now comes from the live picture, whether or not
// the database is there; everything else from the database.
func (d *desk) Alarms(ctx context.Context, q httpapi.AlarmQuery) (httpapi.AlarmPage, error) {
	if q.From.IsZero() && q.To.IsZero() && q.State != "closed" && q.State != "all" {
		return d.liveAlarms(q)
	}
	return d.storedAlarms(ctx, q)
}

// rank is where an alarm is on the list: what is hidden comes last, what is active first, then the worst,
// what nobody acknowledged before the rest, and the newest before the older.
type rank struct {
	Hidden       bool      `json:"h"`
	Cleared      bool      `json:"c"`
	Severity     int       `json:"s"`
	Acknowledged bool      `json:"a"`
	RaisedAt     time.Time `json:"r"`
	ID           string    `json:"i"`
}

func rankOf(a *city.Alarm) rank {
	r := rank{Hidden: a.Hidden(), Cleared: a.State != city.AlarmActive, Acknowledged: a.Acknowledged, RaisedAt: a.RaisedAt, ID: a.ID}
	if a.Severity != city.SeverityCritical {
		r.Severity = 1
	}
	return r
}

func (r rank) compare(other rank) int {
	return cmp.Or(
		compareBool(r.Hidden, other.Hidden), compareBool(r.Cleared, other.Cleared), cmp.Compare(r.Severity, other.Severity),
		compareBool(r.Acknowledged, other.Acknowledged), other.RaisedAt.Compare(r.RaisedAt), strings.Compare(r.ID, other.ID),
	)
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (d *desk) liveAlarms(q httpapi.AlarmQuery) (httpapi.AlarmPage, error) {
	var after rank
	if q.After != "" {
		if err := json.Unmarshal([]byte(q.After), &after); err != nil {
			return httpapi.AlarmPage{}, fmt.Errorf("%w: cursor: not one that a list gave", httpapi.ErrInvalid)
		}
	}
	text := fold.Text(q.Text)
	var found httpapi.AlarmPage
	list := d.ranked(func(a *city.Alarm) bool { return onList(a, q.State) && matches(a, &q, text) })
	found.Total = len(list)
	for i := range list {
		if q.After != "" && rankOf(&list[i]).compare(after) <= 0 {
			continue
		}
		if len(found.Items) == q.Limit {
			last, err := json.Marshal(rankOf(&found.Items[q.Limit-1].Alarm))
			found.Next = string(last)
			return found, err
		}
		found.Items = append(found.Items, *d.alarm(list[i], time.Time{}))
	}
	return found, nil
}

// ranked returns the alarms on the list that match, in the list's order.
func (d *desk) ranked(matches func(*city.Alarm) bool) []city.Alarm {
	list := slices.DeleteFunc(d.board.Alarms(), func(a city.Alarm) bool { return !matches(&a) })
	slices.SortFunc(list, func(x, y city.Alarm) int { return rankOf(&x).compare(rankOf(&y)) })
	return list
}

func onList(a *city.Alarm, state string) bool {
	switch state {
	case "active":
		return a.State == city.AlarmActive && !a.Hidden()
	case "cleared":
		return a.State == city.AlarmCleared && !a.Hidden()
	case "hidden":
		return a.Hidden()
	}
	return true
}

func matches(a *city.Alarm, q *httpapi.AlarmQuery, text string) bool {
	is := func(wanted, value string) bool { return wanted == "" || wanted == value }
	return is(q.Severity, string(a.Severity)) && is(q.Location, a.Location) && is(q.Area, a.Area) && is(q.Device, a.Device) &&
		is(q.Subsystem, a.Subsystem) && is(q.Reason, string(a.Reason)) &&
		(text == "" || strings.Contains(fold.Text(a.ID+"\n"+a.Key+"\n"+a.Title.VI+"\n"+a.Title.EN), text))
}

func (d *desk) storedAlarms(ctx context.Context, q httpapi.AlarmQuery) (httpapi.AlarmPage, error) {
	query := store.AlarmQuery{
		State: q.State, Severity: q.Severity, Location: q.Location, Area: q.Area, Device: q.Device, Subsystem: q.Subsystem,
		Reason: q.Reason, Text: q.Text, From: q.From, To: q.To, Limit: q.Limit,
	}
	if q.After != "" {
		if err := json.Unmarshal([]byte(q.After), &query.Before); err != nil {
			return httpapi.AlarmPage{}, fmt.Errorf("%w: cursor: not one that a list gave", httpapi.ErrInvalid)
		}
	}
	page, err := d.memory.Alarms(ctx, query)
	if err != nil {
		return httpapi.AlarmPage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	found := httpapi.AlarmPage{Total: int(page.Total)}
	for i := range page.Items {
		found.Items = append(found.Items, *d.alarm(page.Items[i].Alarm, page.Items[i].ClosedAt))
	}
	if n := len(page.Items); page.More && n > 0 {
		last, err := json.Marshal(store.AlarmPlace{FirstRaisedAt: page.Items[n-1].FirstRaisedAt, ID: page.Items[n-1].ID})
		if err != nil {
			return httpapi.AlarmPage{}, fmt.Errorf("cursor: %w", err)
		}
		found.Next = string(last)
	}
	return found, nil
}

// Alarm implements httpapi.Desk. An alarm that was raised a moment ago may have no history yet.
func (d *desk) Alarm(ctx context.Context, id string) (httpapi.AlarmStory, error) {
	live, on := d.board.Alarm(id)
	row, err := d.memory.Alarm(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) && !on:
		return httpapi.AlarmStory{}, fmt.Errorf("%w: there is no alarm %q", httpapi.ErrNotFound, id)
	case errors.Is(err, store.ErrNotFound):
		return httpapi.AlarmStory{Alarm: *d.alarm(live, time.Time{})}, nil
	case err != nil:
		return httpapi.AlarmStory{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	changes, err := d.memory.TransitionsOf(ctx, id, mostHistory)
	if err != nil {
		return httpapi.AlarmStory{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	story := httpapi.AlarmStory{Alarm: *d.alarm(row.Alarm, row.ClosedAt), Transitions: row.Transitions}
	if on {
		story.Alarm = *d.alarm(live, time.Time{})
	}
	for i := range changes {
		story.History = append(story.History, d.transition(&changes[i]))
	}
	return story, nil
}

func (d *desk) transition(c *city.AlarmChange) httpapi.Transition {
	t := httpapi.Transition{
		N: c.N, At: c.At.In(d.zone), What: c.What, Severity: c.Alarm.Severity, Reason: c.Alarm.Reason, Count: c.Alarm.Count,
		Actor: c.Actor, Why: c.Reason, Key: c.Action,
	}
	switch c.What {
	case city.AlarmAssigned:
		t.Assignee = c.Alarm.Assignee
	case city.AlarmAcknowledged:
		t.Until = civic(c.Alarm.AcknowledgedUntil, d.zone)
	case city.AlarmShelved:
		t.Until = civic(c.Alarm.ShelvedUntil, d.zone)
	default: // has nothing more to say
	}
	return t
}

// alarm returns an alarm with its times in the civic zone.
func (d *desk) alarm(a city.Alarm, closed time.Time) *httpapi.Alarm {
	for _, at := range []*time.Time{&a.Since, &a.RaisedAt, &a.ClearedAt, &a.AcknowledgedAt, &a.AcknowledgedUntil, &a.ShelvedUntil} {
		*at = civic(*at, d.zone)
	}
	return &httpapi.Alarm{Alarm: a, ClosedAt: civic(closed, d.zone)}
}

// civic returns a time in a zone; no time stays none.
func civic(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.In(zone)
}
