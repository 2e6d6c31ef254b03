package main

import (
	"context"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/bench"
)

type benchCmd struct {
	Decode  benchDecodeCmd  `cmd:"" help:"Messages/s and allocations of every decoder on one core, against walking the same JSON."`
	Ingest  benchIngestCmd  `cmd:"" help:"Messages/s that the whole center takes, against a subscriber that does nothing."`
	Walls   benchWallsCmd   `cmd:"" help:"Frames/s to many walls, against a bare loop over the connections."`
	Latency benchLatencyCmd `cmd:"" help:"Time from publishing a message to its frame at a wall."`
	Restart benchRestartCmd `cmd:"" help:"Time until the center is ready again with a backlog in its log."`
	History benchHistoryCmd `cmd:"" help:"Time and space that a month of the past takes."`
	Backup  benchBackupCmd  `cmd:"" help:"Time and space that a backup takes, and restoring it."`

	BareSubscriber bareSubscriberCmd `cmd:"" hidden:"" help:"The subscriber that ingest is measured against."`
}

type benchDecodeCmd struct {
	Time time.Duration `help:"Of each measurement." default:"1s"`
	Only string        `help:"Measure only messages whose names contain this, such as frigate."`
}

// Run measures.
func (c *benchDecodeCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	return bench.RunDecode(ctx, bench.NewPrinter(t.out, time.Now()), bench.Decode{
		Root: defaultRoot, Factories: center.Factories, Dialects: center.Dialects, Time: c.Time, Only: c.Only,
	})
}

type benchIngestCmd struct {
	Messages int  `help:"Messages in each run." default:"300000"`
	Devices  int  `help:"Cameras that send them." default:"2000"`
	Rounds   int  `help:"Runs of each kind, in turn." default:"5"`
	InFlight int  `help:"Messages that Mosquitto sends unacknowledged (max_inflight_messages; its default is 20)." default:"1000"`
	Embedded bool `help:"Also through the embedded broker." default:"true" negatable:""`
}

// Run measures.
func (c *benchIngestCmd) Run(ctx context.Context, t *terminal) error {
	return bench.RunIngest(ctx, bench.NewPrinter(t.out, time.Now()), bench.Ingest{
		Messages: c.Messages, Devices: c.Devices, Rounds: c.Rounds, InFlight: c.InFlight, Embedded: c.Embedded,
	})
}

type benchWallsCmd struct {
	Clients  int           `help:"Walls." default:"1000"`
	Changes  int           `help:"Entities that change in each frame." default:"10"`
	Duration time.Duration `help:"Of each run." default:"5s"`
	Rounds   int           `help:"Runs of each kind, in turn." default:"5"`
}

// Run measures.
func (c *benchWallsCmd) Run(ctx context.Context, t *terminal) error {
	return bench.RunWalls(ctx, bench.NewPrinter(t.out, time.Now()), bench.Walls{
		Clients: c.Clients, Changes: c.Changes, Duration: c.Duration, Rounds: c.Rounds,
	})
}

type benchLatencyCmd struct {
	Rate     float64       `help:"Messages/s." default:"2000"`
	Walls    int           `help:"Walls." default:"100"`
	Devices  int           `help:"Cameras that send them." default:"2000"`
	Duration time.Duration `help:"Of the run." default:"20s"`
	Warmup   time.Duration `help:"Before the run, at the same rate." default:"5s"`
	InFlight int           `help:"Messages that Mosquitto sends unacknowledged (max_inflight_messages; its default is 20)." default:"1000"`
	Embedded bool          `help:"Through the embedded broker instead of Mosquitto."`
	Idle     int           `help:"Messages said at idle first, with mosquitto_pub." default:"20"`
}

// Run measures.
func (c *benchLatencyCmd) Run(ctx context.Context, t *terminal) error {
	p := bench.NewPrinter(t.out, time.Now())
	if err := bench.RunIdle(ctx, p, c.Idle); err != nil {
		return err
	}
	return bench.RunLatency(ctx, p, bench.Latency{
		Rate: c.Rate, Walls: c.Walls, Devices: c.Devices, Duration: c.Duration, Warmup: c.Warmup,
		InFlight: c.InFlight, Embedded: c.Embedded,
	})
}

type benchRestartCmd struct {
	Devices int `help:"Cameras." default:"10000"`
	Backlog int `help:"Observations in the log behind the checkpoint." default:"100000"`
}

// Run measures.
func (c *benchRestartCmd) Run(ctx context.Context, t *terminal) error {
	return bench.RunRestart(ctx, bench.NewPrinter(t.out, time.Now()), bench.Restart{Devices: c.Devices, Backlog: c.Backlog})
}

type benchHistoryCmd struct {
	Devices     int `help:"Cameras whose availability is accounted for." default:"10000"`
	Cameras     int `help:"Cameras that measure." default:"200"`
	ReadingDays int `help:"Days of readings; below 30 the month is extrapolated." default:"30"`
	Rounds      int `help:"Requests of each kind after the first." default:"9"`

	Only string `help:"Measure only reports, or only the past." enum:",reports,past" default:""`
}

// Run measures.
func (c *benchHistoryCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	p := bench.NewPrinter(t.out, time.Now())
	o := bench.History{
		Devices: c.Devices, Cameras: c.Cameras, ReadingDays: c.ReadingDays, Rounds: c.Rounds, Root: defaultRoot, Factories: center.Factories,
	}
	if c.Only != "past" {
		if err := bench.RunHistory(ctx, p, o); err != nil {
			return err
		}
	}
	if c.Only == "reports" {
		return nil
	}
	for _, devices := range []int{c.Cameras, c.Devices} {
		o.Devices = devices
		if err := bench.RunPast(ctx, p, o); err != nil {
			return err
		}
	}
	return nil
}

type benchBackupCmd struct {
	Cameras int `help:"Cameras that measure." default:"200"`
	Days    int `help:"Days of readings, two a minute of each camera." default:"2"`
}

// Run measures.
func (c *benchBackupCmd) Run(ctx context.Context, t *terminal) error {
	return bench.RunBackup(ctx, bench.NewPrinter(t.out, time.Now()), bench.Backup{Cameras: c.Cameras, Days: c.Days})
}

type bareSubscriberCmd struct {
	Broker string `required:""`
	Filter string `required:""`
	Count  uint64 `required:""`
}

// Run subscribes.
func (c *bareSubscriberCmd) Run(ctx context.Context, t *terminal) error {
	return bench.Subscribe(ctx, t.out, c.Broker, c.Filter, c.Count)
}
