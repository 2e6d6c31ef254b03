package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"opscenter/internal/httpapi"
	"opscenter/internal/metrics"
	"opscenter/internal/mqtt"
	"opscenter/internal/notify"
	"opscenter/internal/store"
)

// The states of a channel, as people read them.
const (
	channelOK      = "ok"
	channelFailing = "failing"
)

// notifications reads what the configuration says of channels, routes and calendars.
func (c *Config) notifications(e notify.Environment) (*notify.Config, error) {
	return notify.Read(notify.Section(c.File.Notify), c.Channels, e)
}

// startNotifier tells people of alarms from what the recorders put into the outbox.
func (a *App) startNotifier(ctx context.Context) error {
	configured, err := a.config.notifications(notify.Environment{Now: time.Now, Zone: a.zone, Publish: a.publish})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(configured.Channels, func(o notify.Opened) bool { return o.Kind == notify.OverMQTT }) {
		if err := a.openPublisher(ctx); err != nil {
			return err
		}
	}
	a.mailer = configured.Mailer()
	a.notifier = notify.New(configured, a.config.PublicURL, a.store, time.Now, a.log.With("part", "notify"), a.metrics)
	a.lifecycle.task("notifications", 10*time.Second, a.failed, a.notifier.Run)
	return nil
}

// openPublisher connects to the broker as one who publishes.
func (a *App) openPublisher(ctx context.Context) (err error) {
	m := a.config.MQTT
	a.publisher, err = mqtt.NewPublisher(context.WithoutCancel(ctx), mqtt.PublisherConfig{
		URL: a.endpoints.MQTT, ClientID: m.ClientID + "-notify", Username: m.Username, PasswordFile: m.PasswordFile,
		CAFile: m.CAFile, CertFile: m.CertFile, KeyFile: m.KeyFile,
	}, a.log.With("part", "mqtt"))
	if err != nil {
		return err
	}
	a.lifecycle.add("MQTT of notifications", 5*time.Second, a.publisher.Close)
	return nil
}

// publish is notify.Environment.Publish: it returns once the broker has acknowledged the message.
func (a *App) publish(ctx context.Context, topic string, payload []byte, retained bool) error {
	acknowledged := make(chan error, 1)
	m := mqtt.Outgoing{Topic: topic, Payload: payload, QoS: 1, Retained: retained}
	if err := a.publisher.Publish(ctx, m, func(err error) { acknowledged <- err }); err != nil {
		return err
	}
	select {
	case err := <-acknowledged:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// channelHealth is a channel in the system entity.
type channelHealth struct {
	Name     string    `json:"name"`
	State    string    `json:"state"` // ok or failing
	Since    time.Time `json:"since,omitzero"`
	Error    string    `json:"error,omitempty"`
	Queued   int       `json:"queued"`
	LastSent time.Time `json:"last_sent,omitzero"`
}

func (a *App) channelHealth(ctx context.Context) ([]channelHealth, error) {
	states, err := a.notifier.Status(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]channelHealth, len(states))
	for i, s := range states {
		all[i] = channelHealth{
			Name: s.Name, State: stateOf(s), Since: a.civic(s.Since), Error: s.Error, Queued: s.Queued, LastSent: a.civic(s.LastSent),
		}
	}
	return all, nil
}

func stateOf(s notify.Status) string {
	if s.Failing {
		return channelFailing
	}
	return channelOK
}

// civic is a time in the civic zone, to the second.
func (a *App) civic(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(a.zone).Truncate(time.Second)
}

// channelGauges are the channels as the system entity last had them.
func (a *App) channelGauges() []metrics.Channel {
	var all []metrics.Channel
	for _, c := range a.health.Load().Channels {
		all = append(all, metrics.Channel{Name: c.Name, Queued: c.Queued, Failing: c.State == channelFailing})
	}
	return all
}

// notifications is httpapi.Notifications on the notifier and the store.
type notifications struct {
	notifier *notify.Notifier
	store    *store.Store
}

// Channels implements httpapi.Notifications.
func (n notifications) Channels(ctx context.Context) (httpapi.ChannelList, error) {
	states, err := n.notifier.Status(ctx)
	if err != nil {
		return httpapi.ChannelList{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	var list httpapi.ChannelList
	for _, s := range states {
		list.Items = append(list.Items, httpapi.Channel{
			Name: s.Name, Kind: s.Kind, State: stateOf(s), Since: s.Since, Error: s.Error, Queued: s.Queued, LastSent: s.LastSent,
		})
	}
	if list.Unrouted24h, err = n.notifier.Unrouted(ctx, time.Now().Add(-24*time.Hour)); err != nil {
		return list, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	return list, nil
}

// Test implements httpapi.Notifications.
func (n notifications) Test(ctx context.Context, channel string) (httpapi.TestOutcome, error) {
	id, err := n.notifier.Test(ctx, channel)
	if errors.Is(err, notify.ErrNoChannel) {
		return httpapi.TestOutcome{}, fmt.Errorf("%w: channel %q", httpapi.ErrNotFound, channel)
	}
	outcome := httpapi.TestOutcome{ID: id, Confirmed: err == nil}
	if err != nil {
		outcome.Error = err.Error()
	}
	return outcome, nil
}

// Deliveries implements httpapi.Notifications.
func (n notifications) Deliveries(ctx context.Context, q httpapi.DeliveryQuery) (httpapi.DeliveryPage, error) {
	page, err := n.store.Deliveries(ctx, store.DeliveryQuery(q))
	if err != nil {
		return httpapi.DeliveryPage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := httpapi.DeliveryPage{Next: page.Next, Total: page.Total}
	for i := range page.Items {
		d := &page.Items[i]
		item := httpapi.Delivery{
			ID: d.ID, Channel: d.Channel, Type: d.Type, State: d.State, MadeAt: d.MadeAt, Attempts: d.Attempts,
			AttemptedAt: d.AttemptedAt, EndedAt: d.EndedAt, Error: d.Error, Alarms: d.Alarms, Message: d.Document,
		}
		if d.State == store.DeliveryWaiting {
			item.DueAt = d.DueAt
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
