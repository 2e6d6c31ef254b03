package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"opscenter/internal/alarm"
	"opscenter/internal/broker"
	"opscenter/internal/config"
	"opscenter/internal/dialect/native"
	"opscenter/internal/eventlog"
	"opscenter/internal/ingest"
	"opscenter/internal/live"
	"opscenter/internal/metrics"
	"opscenter/internal/mqtt"
	"opscenter/internal/recorder"
	"opscenter/internal/seal"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/subsystem"
)

func (a *App) openDirectory(context.Context) (err error) {
	if a.zone, err = a.config.Zone(); err != nil {
		return err
	}
	if a.policy, err = store.NewPolicy(a.config.File.Retention); err != nil {
		return err
	}
	if a.dir, err = openDataDir(a.config.Data); err != nil {
		return err
	}
	a.lifecycle.add("data directory", time.Second, func(context.Context) error { return a.dir.close() })
	if err := a.dir.checkWhole(); err != nil {
		return err
	}
	if a.token, err = a.dir.writeToken(); err != nil {
		return err
	}
	a.sealer, err = seal.Load(a.dir.join(sealKey))
	return err
}

func (a *App) openSubsystems(context.Context) (err error) {
	a.metrics = metrics.New(prometheus.NewRegistry(), a.config.Version)
	a.subsystems, err = a.assemble(nil)
	return err
}

// set is the subsystems and the instances of dialects that the configuration names.
func (c *Config) set(zone *time.Location) subsystem.SetConfig {
	return subsystem.SetConfig{
		Root: c.MQTT.Root, Zone: zone, Factories: c.Factories, Settings: c.File.Subsystems,
		Dialects: c.Dialects, Instances: c.File.Dialects, Thresholds: c.File.Alarms.Overrides(),
	}
}

// openStore opens the operator's database, or starts a private one.
func (a *App) openStore(ctx context.Context) (err error) {
	var stop func(context.Context) error
	if a.databaseURL, stop, err = databaseURL(ctx, a.config.Serve, a.dir, a.log); err != nil {
		return err
	}
	a.lifecycle.add("PostgreSQL", 40*time.Second, stop)
	if a.store, err = store.Open(ctx, store.Config{URL: a.databaseURL, Log: a.log}); err != nil {
		return err
	}
	a.lifecycle.add("store", 5*time.Second, func(context.Context) error { a.store.Close(); return nil })
	return nil
}

// openBroker starts the embedded broker unless both messages and the log are kept elsewhere.
func (a *App) openBroker(context.Context) (err error) {
	if a.config.MQTT.URL != "" && a.config.Log.NATSURL != "" {
		return nil
	}
	c := broker.Config{StoreDir: a.dir.join("broker"), MQTTListen: a.config.MQTT.Listen, Log: a.log.With("part", "broker")}
	if a.config.MQTT.URL != "" {
		c.MQTTListen = "127.0.0.1:0" // devices speak with the city's broker; this one only keeps the log
	}
	if a.broker, err = broker.Start(c); err != nil {
		return err
	}
	a.lifecycle.add("broker", 20*time.Second, a.broker.Shutdown)
	return nil
}

func (a *App) openLog(ctx context.Context) (err error) {
	c := eventlog.Config{
		URL: a.config.Log.NATSURL, Partitions: a.config.Log.Partitions,
		MaxBytes: a.config.Log.MaxMB << 20, MaxAge: a.config.Log.MaxAge, Log: a.log.With("part", "log"),
	}
	if c.URL == "" {
		c.Conn, c.Health = a.broker, a.broker.Err
	}
	if a.eventlog, err = eventlog.Open(ctx, c); err != nil {
		return err
	}
	a.lifecycle.add("log", 5*time.Second, func(context.Context) error { a.eventlog.Close(); return nil })
	return nil
}

// startProjections restores the wall's and the recorders' projections and lets them read the log.
func (a *App) startProjections(ctx context.Context) error {
	partitions := a.eventlog.Partitions()
	specs := a.subsystems.Specs()
	words, err := alarm.NewVocabulary()
	if err != nil {
		return err
	}
	alarms := live.AlarmConfig{Config: a.config.File.Alarms.Config(), Words: words}
	a.shows = live.BoardConfig{Specs: specs, Zone: a.zone, Partitions: partitions, Manifest: native.ParseManifest, Alarms: alarms}
	a.board = live.NewBoard(a.shows)
	a.board.SetInventory(a.inventory.current())
	a.head = make([]uint64, partitions)
	for p := range partitions {
		epoch, checkpoint, err := a.store.Claim(ctx, p)
		if err != nil {
			return err
		}
		if a.head[p], err = a.eventlog.Head(ctx, p); err != nil {
			return err
		}
		if a.head[p] < checkpoint.Seq {
			return fmt.Errorf("the log ends at %d and the database knows it up to %d: they do not belong together; was the log removed or an old one restored?", a.head[p], checkpoint.Seq)
		}
		if checkpoint.State != nil {
			if err := a.board.Restore(p, checkpoint.State, checkpoint.StateSeq); err != nil {
				return err
			}
		}
		then, later, err := a.inventories(ctx, checkpoint)
		if err != nil {
			return err
		}
		r, err := recorder.New(recorder.Config{
			Projection: live.ProjectionConfig{Specs: specs, Zone: a.zone, Partition: p, Partitions: partitions, Manifest: native.ParseManifest, Alarms: alarms},
			Inventory:  then, Later: later, Epoch: epoch, Checkpoint: checkpoint, Codec: eventlog.NewCodec(),
			Log: a.log.With("part", "recorder"), Metrics: a.metrics,
		}, a.read, a.store)
		if err != nil {
			return err
		}
		a.recorders = append(a.recorders, r)
		a.lifecycle.task(fmt.Sprintf("recorder %d", p), 15*time.Second, a.failed, r.Run)
		a.lifecycle.task(fmt.Sprintf("wall %d", p), 5*time.Second, a.failed, func(ctx context.Context) error {
			return a.eventlog.Read(ctx, p, checkpoint.StateSeq, func(b eventlog.Batch) error {
				a.board.Apply(p, b.Entries, b.Seq)
				return nil
			})
		})
	}
	a.inventory.follow(a.board.SetInventory)
	for _, r := range a.recorders {
		a.inventory.follow(r.SetInventory)
	}
	return nil
}

// startIngest connects to the broker and takes messages.
func (a *App) startIngest(ctx context.Context) (err error) {
	subsystems, documents, err := a.declared(ctx)
	if err != nil {
		return err
	}
	a.ingest, err = ingest.New(ingest.Config{
		Subsystems: subsystems, Seal: a.sealer, Now: time.Now, Log: a.log.With("part", "ingest"), Metrics: a.metrics,
		Rebuild: a.assemble, Documents: documents,
	}, a.eventlog)
	if err != nil {
		return err
	}
	a.ingest.SetInventory(a.inventory.current())
	a.inventory.follow(a.ingest.SetInventory)

	m := a.config.MQTT
	a.endpoints.MQTT = m.URL
	if m.URL == "" {
		a.endpoints.MQTT = "tcp://" + a.broker.MQTTAddr()
	}
	a.client, err = mqtt.Connect(context.WithoutCancel(ctx), mqtt.Config{
		URL: a.endpoints.MQTT, ClientID: m.ClientID, Username: m.Username, PasswordFile: m.PasswordFile,
		CAFile: m.CAFile, CertFile: m.CertFile, KeyFile: m.KeyFile, Topics: a.subsystems.Filters(),
	}, time.Now, a.log.With("part", "mqtt"))
	if err != nil {
		return err
	}
	a.lifecycle.add("MQTT", 5*time.Second, a.client.Close)
	a.source = newSource(a.client.Messages())
	a.lifecycle.task("ingest", 10*time.Second, a.failed, func(ctx context.Context) error { return a.ingest.Run(ctx, a.source) })
	return nil
}

// databaseURL returns the operator's database, or starts the private one of the data directory and
// returns that with how to stop it.
func databaseURL(ctx context.Context, c config.Serve, dir *dataDir, log *slog.Logger) (url string, stop func(context.Context) error, err error) {
	if c.DatabaseURL != "" {
		return c.DatabaseURL, func(context.Context) error { return nil }, nil
	}
	cluster, err := pgcluster.New(pgcluster.Config{Dir: dir.join("postgres"), Log: log.With("part", "PostgreSQL")})
	if err != nil {
		return "", nil, err
	}
	if err := cluster.Start(ctx); err != nil {
		if errors.Is(err, pgcluster.ErrNotInstalled) {
			err = fmt.Errorf("%w; or name a database with --database-url", err)
		}
		return "", nil, err
	}
	return cluster.URL(""), cluster.Stop, nil
}

// read is recorder.Read on the log.
func (a *App) read(ctx context.Context, partition int, after uint64, handle recorder.Handle) error {
	return a.eventlog.Read(ctx, partition, after, func(b eventlog.Batch) error { return handle(b.Seq, b.Entries) })
}
