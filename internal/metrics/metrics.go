// Package metrics counts what the center does, for Prometheus. Every other package declares the few
// methods that it needs as an interface of its own; Metrics has them all. What is a state rather
// than an event is not counted but asked for at each scrape; see Gauges.
package metrics

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics has a counter for everything that happens. Its methods may be called from any goroutine
// and never block.
type Metrics struct {
	registry *prometheus.Registry

	observations       *prometheus.CounterVec
	quarantined        *prometheus.CounterVec
	waiting            prometheus.Gauge
	appendSeconds      prometheus.Histogram
	appendEntries      prometheus.Histogram
	appendFailures     prometheus.Counter
	logBytes           prometheus.Gauge
	logMax             prometheus.Gauge
	flushSeconds       prometheus.Histogram
	flushRows          prometheus.Histogram
	flushEntries       prometheus.Counter
	readingsStored     prometheus.Counter
	flushFailures      prometheus.Counter
	alarmsRaised       *prometheus.CounterVec
	alarmsAcknowledged prometheus.Histogram
	frames             *prometheus.CounterVec
	frameBytes         *prometheus.CounterVec
	framesQueued       prometheus.Counter
	resyncs            prometheus.Counter
	closed             *prometheus.CounterVec
	requests           *prometheus.CounterVec
	requestSeconds     *prometheus.HistogramVec

	notificationsSent     *prometheus.CounterVec
	notificationsFailed   *prometheus.CounterVec
	notificationAttempts  *prometheus.CounterVec
	notificationsUnrouted prometheus.Counter
}

// New registers every collector, those of the Go runtime and of the process too. It panics if the
// registry already has one of them.
func New(registry *prometheus.Registry, version string) *Metrics {
	m := &Metrics{registry: registry}
	m.ingest()
	m.storage()
	m.serving()
	m.notifying()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "opscenter_build_info", Help: "Always 1; its labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		Registry: m.registry, EnableOpenMetrics: true, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	})
}

func (m *Metrics) ingest() {
	m.observations = m.counters("opscenter_observations_total",
		"Messages taken from the broker, by what became of them: observed, ignored or quarantined.", "subsystem", "outcome")
	m.quarantined = m.counters("opscenter_quarantined_total",
		"Messages that could not be read or placed, by the code of the reason.", "subsystem", "code")
	m.waiting = m.gauge("opscenter_ingest_waiting_messages", "Messages that wait to be decoded.")
	m.appendSeconds = m.histogram("opscenter_log_append_seconds",
		"How long a batch of entries took to be durable.", latencies()...)
	m.appendEntries = m.histogram("opscenter_log_append_entries",
		"Entries in a batch.", prometheus.ExponentialBuckets(1, 2, 11)...)
	m.appendFailures = m.counter("opscenter_log_append_failures_total",
		"Attempts to append a batch that failed and are repeated.")
	m.logBytes = m.gauge("opscenter_log_bytes", "Bytes that the log holds.")
	m.logMax = m.gauge("opscenter_log_max_bytes", "Bytes that the log may hold.")
}

func (m *Metrics) storage() {
	m.flushSeconds = m.histogram("opscenter_store_flush_seconds",
		"How long a transaction that stores a batch took.", latencies()...)
	m.flushRows = m.histogram("opscenter_store_flush_rows",
		"Rows in a transaction.", prometheus.ExponentialBuckets(1, 4, 9)...)
	m.flushEntries = m.counter("opscenter_store_flushed_entries_total", "Entries of the log that are stored.")
	m.readingsStored = m.counter("opscenter_readings_stored_total",
		"Observations with readings that are stored, duplicates left out.")
	m.flushFailures = m.counter("opscenter_store_flush_failures_total",
		"Transactions that failed and are repeated.")
	m.alarmsRaised = m.counters("opscenter_alarms_raised_total", "Alarms that became active, by severity.", "severity")
	for _, severity := range []string{"critical", "warning"} {
		m.alarmsRaised.WithLabelValues(severity) // a rate needs the zero before the first
	}
	m.alarmsAcknowledged = m.histogram("opscenter_alarm_acknowledge_seconds",
		"How long after they were raised alarms were acknowledged.", 10, 30, 60, 120, 300, 600, 1800, 3600, 4*3600, 24*3600)
}

func (m *Metrics) serving() {
	m.frames = m.counters("opscenter_stream_frames_total",
		"Frames that were encoded, each once for any number of clients.", "op")
	m.frameBytes = m.counters("opscenter_stream_frame_bytes_total", "Size of those frames.", "op")
	m.framesQueued = m.counter("opscenter_stream_frames_queued_total",
		"Change frames put into clients' queues, counted once for each client.")
	m.resyncs = m.counter("opscenter_resyncs_total",
		"Subscriptions that were dropped because their client read too slowly.")
	m.closed = m.counters("opscenter_stream_closed_total", "Connections that ended, by reason.", "reason")
	m.requests = m.counters("opscenter_http_requests_total", "HTTP requests.", "route", "method", "code")
	m.requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "opscenter_http_request_seconds", Help: "How long a request took.", Buckets: latencies(),
	}, []string{"route"})
	m.registry.MustRegister(m.requestSeconds)
}

// Message counts one message from the broker. An outcome other than observed and ignored is the
// code of its rejection.
func (m *Metrics) Message(subsystem, outcome string) {
	if outcome != "observed" && outcome != "ignored" {
		m.quarantined.WithLabelValues(subsystem, outcome).Inc()
		outcome = "quarantined"
	}
	m.observations.WithLabelValues(subsystem, outcome).Inc()
}

// Appended counts a batch of so many entries, and how long it took to be durable.
func (m *Metrics) Appended(entries int, took time.Duration) {
	m.appendEntries.Observe(float64(entries))
	m.appendSeconds.Observe(took.Seconds())
}

// AppendFailed counts an attempt to append that failed and will be repeated.
func (m *Metrics) AppendFailed() { m.appendFailures.Inc() }

// Waiting says how many messages wait to be decoded.
func (m *Metrics) Waiting(messages int) { m.waiting.Set(float64(messages)) }

// SetLogUsage says how many bytes the log holds, and how many it may hold.
func (m *Metrics) SetLogUsage(used uint64, most int64) {
	m.logBytes.Set(float64(used))
	m.logMax.Set(float64(most))
}

// Committed counts a transaction: how many entries and rows it held and how long it took.
func (m *Metrics) Committed(entries, rows int, took time.Duration) {
	m.flushEntries.Add(float64(entries))
	m.flushRows.Observe(float64(rows))
	m.flushSeconds.Observe(took.Seconds())
}

// ReadingsStored counts observations with readings that were stored.
func (m *Metrics) ReadingsStored(readings int) { m.readingsStored.Add(float64(readings)) }

// CommitFailed counts a transaction that failed and will be repeated.
func (m *Metrics) CommitFailed() { m.flushFailures.Inc() }

// AlarmRaised counts an alarm that became active.
func (m *Metrics) AlarmRaised(severity string) { m.alarmsRaised.WithLabelValues(severity).Inc() }

// AlarmAcknowledged counts an acknowledgement, and how long after it was raised it came.
func (m *Metrics) AlarmAcknowledged(after time.Duration) {
	m.alarmsAcknowledged.Observe(after.Seconds())
}

// FrameEncoded counts a frame of the stream that was encoded, and its size.
func (m *Metrics) FrameEncoded(op string, bytes int) {
	m.frames.WithLabelValues(op).Inc()
	m.frameBytes.WithLabelValues(op).Add(float64(bytes))
}

// FramesQueued counts a frame that was put into the queues of that many clients.
func (m *Metrics) FramesQueued(frames int) { m.framesQueued.Add(float64(frames)) }

// Resync counts a subscription that was dropped because its client was too slow.
func (m *Metrics) Resync() { m.resyncs.Inc() }

// Closed counts a connection that ended.
func (m *Metrics) Closed(reason string) { m.closed.WithLabelValues(reason).Inc() }

// Request counts an HTTP request by its route, never by its path.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestSeconds.WithLabelValues(route).Observe(took.Seconds())
}

func latencies() []float64 { return prometheus.ExponentialBucketsRange(0.0001, 30, 16) } // s

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	m.registry.MustRegister(g)
	return g
}

func (m *Metrics) histogram(name, help string, buckets ...float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	m.registry.MustRegister(h)
	return h
}
