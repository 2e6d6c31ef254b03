package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/internal/dialect/axis"
	"opscenter/internal/dialect/digitraffic"
	"opscenter/internal/dialect/frigate"
	"opscenter/internal/dialect/homeassistant"
	"opscenter/internal/dialect/mapped"
	"opscenter/internal/dialect/onvif"
	"opscenter/internal/dialect/sparkplug"
	"opscenter/internal/dialect/ttn"
	"opscenter/internal/notify"
	"opscenter/internal/notify/email"
	"opscenter/internal/notify/topic"
	"opscenter/internal/notify/webhook"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/citizenfeedback"
	"opscenter/subsystems/edocument"
	"opscenter/subsystems/education"
	"opscenter/subsystems/environment"
	"opscenter/subsystems/health"
	"opscenter/subsystems/infosecurity"
	"opscenter/subsystems/publicservice"
	"opscenter/subsystems/socialmedia"
	"opscenter/subsystems/socioeconomic"
	"opscenter/subsystems/statistics"
	"opscenter/subsystems/tourism"
	"opscenter/subsystems/trafficsafety"
)

// defaultRoot is the root of the topics where nothing else is configured.
const defaultRoot = "ioc/v1"

// version is set by the linker.
var version = "dev"

// factories is the one list of subsystems: a new one is a line here.
func factories() []subsystem.Factory {
	return []subsystem.Factory{
		trafficsafety.Factory(),

		publicservice.Factory(),
		edocument.Factory(),
		socioeconomic.Factory(),
		statistics.Factory(),
		health.Factory(),
		education.Factory(),
		environment.Factory(),
		citizenfeedback.Factory(),
		tourism.Factory(),
		infosecurity.Factory(),
		socialmedia.Factory(),
	}
}

// dialects is the one list of dialects: a new one is a line here.
func dialects() []subsystem.Dialect {
	return []subsystem.Dialect{
		onvif.Dialect(),
		axis.Dialect(),
		frigate.Dialect(),
		digitraffic.Dialect(),
		ttn.Dialect(),
		mapped.Dialect(),
		homeassistant.Dialect(),
		sparkplug.Dialect(),
	}
}

// channels is the one list of kinds of channels on which people are told of alarms: a new one is a line
// here.
func channels() []notify.Factory {
	return []notify.Factory{
		webhook.Factory(),
		email.Factory(),
		topic.Factory(),
	}
}

// cli is every command.
type cli struct {
	Serve     serveCmd     `cmd:"" help:"Run the center."`
	Demo      demoCmd      `cmd:"" help:"Run the center with the demonstration city and a simulator that publishes over real MQTT."`
	Simulate  simulateCmd  `cmd:"" help:"Run the simulator alone, against any broker."`
	Inventory inventoryCmd `cmd:"" help:"Import or export locations and devices."`
	Audit     auditCmd     `cmd:"" help:"Check the memory of who did what."`
	Backup    backupCmd    `cmd:"" help:"Write everything that matters into one file, or verify such a file."`
	Restore   restoreCmd   `cmd:"" help:"Make a center of a backup, in an empty data directory."`
	Retention retentionCmd `cmd:"" help:"Print what the running center keeps, for how long, and what is held."`
	Notify    notifyCmd    `cmd:"" help:"Try the channels on which people are told of alarms."`
	Check     checkCmd     `cmd:"" help:"Validate configuration, inventory and subsystems, then exit."`
	Bench     benchCmd     `cmd:"" help:"Measure this program on this machine."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	Reference referenceCmd `cmd:"" hidden:"" help:"Write the documents that are generated from the subsystems and dialects."`
}

type serveCmd struct {
	config.Serve
}

// Run runs the center until ctx ends.
func (c *serveCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	a, err := c.start(ctx, t, *center)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

// gcPercent lets the heap grow to four times what is live between two collections, within the limit
// that the center sets by its size: it allocates for every message, so memory is the cheaper side.
const gcPercent = 300

// start starts a center as configured; center holds what the flags do not say.
func (c *serveCmd) start(ctx context.Context, t *terminal, center app.Config) (*app.App, error) {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
		center.LimitMemory = true
	}
	center.Serve = c.Serve
	center.Logger = c.logger(t)
	return app.New(ctx, center)
}

func (c *serveCmd) logger(t *terminal) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the parser allows only levels
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(t.err, options))
	}
	return slog.New(slog.NewTextHandler(t.err, options))
}

type versionCmd struct{}

// Run prints the version and what it was built with.
func (versionCmd) Run(t *terminal) error {
	built := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		built = " " + info.GoVersion
	}
	_, err := fmt.Fprintf(t.out, "opscenter %s%s\n", version, built)
	return err
}
