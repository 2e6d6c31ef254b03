package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Gauges are the states that a scrape asks for. Each function may be nil, must be quick, and may be
// called from several goroutines at once.
type Gauges struct {
	Devices       func() map[string]int     // how many devices have each status
	Ingest        func() string             // live, catching_up or blind
	DataAge       func() time.Duration      // how old the newest data on the wall is
	Queues        func() map[string]int     // how much waits in each queue
	LogLag        func() map[string]float64 // batches that each reader of the log has yet to read
	ProjectionLag func() time.Duration      // how far the wall's picture is behind the newest entry of the log
	Stream        func() Stream
	Walls         func() []Wall
	Channels      func() []Channel
	Classes       func() []Class
	Alarms        func() Alarms
}

// Class is how much is stored of one class of data.
type Class struct {
	Class string
	Bytes int64 // on disk, indexes included
	Rows  int64 // as the database estimates
}

// Channel is how a way to tell people of alarms does.
type Channel struct {
	Name    string
	Queued  int // notifications that wait
	Failing bool
}

// Alarms is what is on the list of alarms.
type Alarms struct {
	Active         map[string]int // by severity; those that are hidden are left out
	Unacknowledged int
	Flood          bool
}

// Stream is how much the WebSocket stream has to do.
type Stream struct {
	Clients       int
	Views         int
	Subscriptions int
	Deepest       int // frames in the fullest queue of a client
}

// Wall is what a wall last said of itself.
type Wall struct {
	Screen      string
	Connected   bool
	Age         time.Duration // since it last reported
	Behind      uint64        // frames that it had not yet shown
	ClockOffset time.Duration // its clock less the server's
}

// Follow registers the gauges. It is called once.
func (m *Metrics) Follow(g Gauges) { m.registry.MustRegister(&gauges{Gauges: g, desc: describe()}) }

// gauges is a collector that asks its functions at each scrape.
type gauges struct {
	Gauges
	desc descriptions
}

type descriptions struct {
	devices, ingest, dataAge, queues, logLag, projectionLag *prometheus.Desc
	clients, views, subscriptions, deepest                  *prometheus.Desc
	wallAge, wallConnected, wallBehind, wallClock           *prometheus.Desc
	classBytes, classRows                                   *prometheus.Desc
	channelQueued, channelFailing                           *prometheus.Desc
	alarmsActive, alarmsUnacknowledged, alarmFlood          *prometheus.Desc
}

func describe() descriptions {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("opscenter_"+name, help, labels, nil)
	}
	return descriptions{
		devices:       desc("devices", "Registered devices by status.", "status"),
		ingest:        desc("ingest_state", "1 for the state that ingest is in: live, catching_up or blind.", "state"),
		dataAge:       desc("data_age_seconds", "How old the newest data on the wall is."),
		queues:        desc("queue_depth", "How much waits in each queue.", "queue"),
		logLag:        desc("log_lag_batches", "Batches of the log that a reader has yet to read.", "reader"),
		projectionLag: desc("projection_lag_seconds", "How far the wall's picture is behind the newest entry of the log."),
		clients:       desc("websocket_clients", "Connections to the stream."),
		views:         desc("stream_views", "Different subscriptions to the stream, each encoded once."),
		subscriptions: desc("stream_subscriptions", "Subscriptions of all clients to the stream."),
		deepest:       desc("stream_queue_frames", "Frames that wait in the fullest queue of a client."),
		wallAge:       desc("wall_last_report_age_seconds", "Since a wall last reported that it is alive.", "screen"),
		wallConnected: desc("wall_connected", "1 while a wall that reported is connected.", "screen"),
		wallBehind:    desc("wall_behind_frames", "Frames that a wall had not yet shown when it last reported.", "screen"),
		wallClock:     desc("wall_clock_offset_seconds", "A wall's clock less the server's.", "screen"),
		classBytes:    desc("stored_bytes", "Size of each class of data in the database, indexes included.", "class"),
		classRows:     desc("stored_rows", "Rows of each class of data, as the database estimates.", "class"),

		channelQueued:        desc("notifications_queued", "Notifications that wait to be sent.", "channel"),
		channelFailing:       desc("notification_channel_failing", "1 while a channel's last attempt was not confirmed.", "channel"),
		alarmsActive:         desc("alarms_active", "Alarms on the active list, by severity.", "severity"),
		alarmsUnacknowledged: desc("alarms_unacknowledged", "Alarms on the list that nobody acknowledged."),
		alarmFlood:           desc("alarm_flood", "1 while more alarms come than the operators can deal with."),
	}
}

// Describe sends what Collect may send.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	d := &g.desc
	for _, desc := range []*prometheus.Desc{
		d.devices, d.ingest, d.dataAge, d.queues, d.logLag, d.projectionLag,
		d.clients, d.views, d.subscriptions, d.deepest, d.wallAge, d.wallConnected, d.wallBehind, d.wallClock,
		d.classBytes, d.classRows,
		d.channelQueued, d.channelFailing,
		d.alarmsActive, d.alarmsUnacknowledged, d.alarmFlood,
	} {
		to <- desc
	}
}

// Collect asks every function.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	send := func(desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	g.collectCity(send)
	g.collectLog(send)
	g.collectStream(send)
	g.collectClasses(send)
	g.collectAlarms(send)
	g.collectChannels(send)
}

type sender func(desc *prometheus.Desc, value float64, labels ...string)

func (g *gauges) collectCity(send sender) {
	if g.Devices != nil {
		for status, n := range g.Devices() {
			send(g.desc.devices, float64(n), status)
		}
	}
	if g.Ingest != nil {
		is := g.Ingest()
		for _, state := range []string{"live", "catching_up", "blind"} {
			send(g.desc.ingest, truth(state == is), state)
		}
	}
	if g.DataAge != nil {
		send(g.desc.dataAge, g.DataAge().Seconds())
	}
	if g.Queues != nil {
		for queue, n := range g.Queues() {
			send(g.desc.queues, float64(n), queue)
		}
	}
}

func (g *gauges) collectLog(send sender) {
	if g.LogLag != nil {
		for reader, batches := range g.LogLag() {
			send(g.desc.logLag, batches, reader)
		}
	}
	if g.ProjectionLag != nil {
		send(g.desc.projectionLag, g.ProjectionLag().Seconds())
	}
}

func (g *gauges) collectStream(send sender) {
	if g.Stream != nil {
		s := g.Stream()
		send(g.desc.clients, float64(s.Clients))
		send(g.desc.views, float64(s.Views))
		send(g.desc.subscriptions, float64(s.Subscriptions))
		send(g.desc.deepest, float64(s.Deepest))
	}
	if g.Walls == nil {
		return
	}
	for _, w := range g.Walls() {
		send(g.desc.wallAge, w.Age.Seconds(), w.Screen)
		send(g.desc.wallConnected, truth(w.Connected), w.Screen)
		send(g.desc.wallBehind, float64(w.Behind), w.Screen)
		send(g.desc.wallClock, w.ClockOffset.Seconds(), w.Screen)
	}
}

func (g *gauges) collectClasses(send sender) {
	if g.Classes == nil {
		return
	}
	for _, c := range g.Classes() {
		send(g.desc.classBytes, float64(c.Bytes), c.Class)
		send(g.desc.classRows, float64(c.Rows), c.Class)
	}
}

func (g *gauges) collectChannels(send sender) {
	if g.Channels == nil {
		return
	}
	for _, c := range g.Channels() {
		send(g.desc.channelQueued, float64(c.Queued), c.Name)
		send(g.desc.channelFailing, truth(c.Failing), c.Name)
	}
}

func (g *gauges) collectAlarms(send sender) {
	if g.Alarms == nil {
		return
	}
	a := g.Alarms()
	for severity, n := range a.Active {
		send(g.desc.alarmsActive, float64(n), severity)
	}
	send(g.desc.alarmsUnacknowledged, float64(a.Unacknowledged))
	send(g.desc.alarmFlood, truth(a.Flood))
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
