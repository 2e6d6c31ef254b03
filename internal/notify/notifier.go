package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	randv2 "math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"opscenter/internal/store"
)

// The names under which the notifier leads, and of the group of test messages.
const (
	leadName  = "notify"
	testGroup = "test"
)

// ErrNoChannel says that there is no channel of that name.
var ErrNoChannel = errors.New("there is no such channel")

// Store is where the outbox and what becomes of it are kept.
type Store interface {
	queue

	Lead(ctx context.Context, name string, run func(ctx context.Context) error, failed func(error)) error
	Dispatch(ctx context.Context, now time.Time, limit int, decide func(*store.Dispatch) (*store.Dispatched, error)) (worked bool, err error)
	Abandon(ctx context.Context, now time.Time, channels []string, why string) (int64, error)
	TrimNotifyGroups(ctx context.Context, before time.Time) error
	InsertDelivery(ctx context.Context, d store.Delivery) error
	NoteChannel(ctx context.Context, channel string, at time.Time, failure string) error
	ChannelStates(ctx context.Context, names []string) ([]store.ChannelState, error)
	CountUnrouted(ctx context.Context, since time.Time, whats []string) (int64, error)
}

// Metrics counts what becomes of notifications. Channels are named by the configuration.
type Metrics interface {
	NotificationSent(channel string)
	NotificationAttemptFailed(channel string)
	NotificationsFailed(channel string, count int)
	NotificationsUnrouted(count int)
}

// Notifier tells people of alarms. Its methods may be called from any goroutine.
type Notifier struct {
	config  *Config
	link    string
	store   Store
	now     func() time.Time
	jitter  func() float64
	newID   func() string
	log     *slog.Logger
	metrics Metrics
}

// New returns a notifier. Messages link to pages below link unless it is empty.
func New(c *Config, link string, s Store, now func() time.Time, log *slog.Logger, m Metrics) *Notifier {
	return &Notifier{
		config: c, link: strings.TrimSuffix(link, "/"), store: s, now: now, log: log, metrics: m,
		jitter: randv2.Float64, newID: func() string { return strings.ToLower(rand.Text()) },
	}
}

// Run dispatches and sends until ctx ends, as long as no other process of the database does.
func (n *Notifier) Run(ctx context.Context) error {
	return n.store.Lead(ctx, leadName, n.lead, func(err error) {
		n.log.WarnContext(ctx, "no notifications are sent for now", "error", err)
	})
}

// lead runs the dispatcher and a sender for each channel.
func (n *Notifier) lead(ctx context.Context) error {
	n.abandon(ctx)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.dispatch(ctx) })
	for _, opened := range n.config.Channels {
		s := n.sender(opened)
		g.Go(func() error { return s.run(ctx) })
	}
	return g.Wait()
}

func (n *Notifier) sender(o Opened) *sender {
	return &sender{Opened: o, queue: n.store, now: n.now, jitter: n.jitter, log: n.log, metrics: n.metrics}
}

// abandon fails what waits for channels that the configuration no longer has.
func (n *Notifier) abandon(ctx context.Context) {
	abandoned, err := n.store.Abandon(ctx, n.now(), n.names(), "the channel is no longer configured")
	switch {
	case err != nil && ctx.Err() == nil:
		n.log.WarnContext(ctx, "notifications for former channels", "error", err)
	case abandoned > 0:
		n.log.WarnContext(ctx, "notifications were given up: their channels are no longer configured", "count", abandoned)
	}
}

func (n *Notifier) names() []string {
	names := make([]string, len(n.config.Channels))
	for i := range n.config.Channels {
		names[i] = n.config.Channels[i].Name
	}
	return names
}

// Test sends a test message on a channel, at once and past its queue, and returns the error of the
// channel. It is remembered among the deliveries.
func (n *Notifier) Test(ctx context.Context, channel string) (id string, err error) {
	o := n.config.channel(channel)
	if o == nil {
		return "", fmt.Errorf("%w: %q", ErrNoChannel, channel)
	}
	p := planner{now: n.now(), newID: n.newID, link: n.link}
	if err := p.make(&group{NotifyGroup: store.NotifyGroup{ID: testGroup + " " + n.newID()}}, channel, Message{Type: TypeTest, Alarms: []Item{}}, nil); err != nil {
		return "", err
	}
	d := p.made[0]
	failure := n.sender(*o).send(ctx, d.Document)
	d.State, d.Attempts, d.AttemptedAt, d.EndedAt = store.DeliverySent, 1, p.now, n.now()
	why := ""
	if failure != nil {
		why = failure.Error()
		d.State, d.Error = store.DeliveryFailed, why
	}
	return d.ID, errors.Join(failure, n.store.InsertDelivery(ctx, d), n.store.NoteChannel(ctx, channel, d.EndedAt, why))
}

// Status is how a channel does.
type Status struct {
	Name     string
	Kind     string
	Failing  bool
	Since    time.Time // when it began to fail; zero unless it does
	Error    string
	Queued   int
	LastSent time.Time // zero: never
}

// Status returns how the channels do, in the order of the configuration.
func (n *Notifier) Status(ctx context.Context) ([]Status, error) {
	states, err := n.store.ChannelStates(ctx, n.names())
	if err != nil {
		return nil, err
	}
	byName := make(map[string]store.ChannelState, len(states))
	for _, s := range states {
		byName[s.Name] = s
	}
	all := make([]Status, len(n.config.Channels))
	for i := range n.config.Channels {
		c := &n.config.Channels[i]
		s := byName[c.Name]
		all[i] = Status{
			Name: c.Name, Kind: c.Kind, Failing: !s.FailingSince.IsZero(), Since: s.FailingSince, Error: s.Error,
			Queued: int(s.Queued), LastSent: s.SentAt,
		}
	}
	return all, nil
}

// Unrouted returns how many transitions that people are to be told of no route took since a time.
func (n *Notifier) Unrouted(ctx context.Context, since time.Time) (int64, error) {
	return n.store.CountUnrouted(ctx, since, toldOf())
}
