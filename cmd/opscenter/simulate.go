package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/internal/mqtt"
	"opscenter/internal/simulator"
	"opscenter/internal/simulator/vietri"
)

// simulation holds the flags of the simulator.
type simulation struct {
	Seed     uint64        `help:"Seed: the same seed makes the same city life." default:"1"`
	Faults   string        `help:"What fails: natural faults by default; none; a multiplier such as x10; or a list such as cam-017:obscured@60s+5m,loc-005:power@2m." placeholder:"LIST"`
	Duration time.Duration `help:"End after so long; 0: do not."`
}

type demoCmd struct {
	serveCmd   `embed:""`
	simulation `embed:""`
}

// Run runs the center with the demonstration city, and the simulator once the center is up.
func (c *demoCmd) Run(ctx context.Context, t *terminal, center *app.Config) error {
	areas, locations, devices := vietri.City()
	if err := demonstrate(center); err != nil {
		return err
	}
	center.Seed = &app.Seed{Areas: areas, Locations: locations, Devices: devices}
	a, err := c.start(ctx, t, *center)
	if err != nil {
		return err
	}
	log := c.logger(t)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	simulated := make(chan error, 1)
	go func() {
		_ = a.Ready(ctx) // what was said before anybody listened would be missing for a while
		err := simulate(ctx, log, mqtt.PublisherConfig{
			URL: a.Endpoints().MQTT, Username: c.MQTT.Username, PasswordFile: c.MQTT.PasswordFile,
			CAFile: c.MQTT.CAFile, CertFile: c.MQTT.CertFile, KeyFile: c.MQTT.KeyFile,
		}, simulator.Config{
			Root: c.MQTT.Root, Seed: c.simulation.Seed, Locations: locations, Devices: devices,
			Faults: c.Faults, Duration: c.Duration, Manifests: vietri.Manifests(),
		})
		if err != nil || c.Duration > 0 {
			cancel() // the center has nothing more to show
		}
		simulated <- err
	}()
	_, _ = fmt.Fprintf(t.out, "\n  The demonstration city is live at %s\n\n", a.Endpoints().HTTP)
	err = a.Run(ctx)
	cancel()
	return errors.Join(err, <-simulated)
}

// demonstrate configures the dialects of the demonstration city's devices, besides what the file says.
func demonstrate(center *app.Config) error {
	file, err := config.ReadFile(vietri.Configuration())
	if err != nil {
		return fmt.Errorf("the demonstration city's configuration: %w", err)
	}
	center.File.Dialects = append(center.File.Dialects, file.Dialects...)
	return nil
}

type simulateCmd struct {
	simulation `embed:""`

	Broker       string  `help:"Broker to publish to." default:"tcp://127.0.0.1:1883" placeholder:"URL"`
	Username     string  `help:"User name at the broker."`
	PasswordFile string  `help:"File with the password at the broker." type:"path"`
	CAFile       string  `help:"PEM file of the authority that signed the broker's certificate." type:"path" name:"ca-file"`
	MQTTRoot     string  `help:"Root of the topics." default:"ioc/v1" name:"mqtt-root"`
	Devices      int     `help:"Synthetic cameras instead of the demonstration city."`
	Rate         float64 `help:"Messages per second of all devices together, instead of a living city."`
}

// Run publishes until ctx ends or the duration is over.
func (c *simulateCmd) Run(ctx context.Context, t *terminal) error {
	_, locations, devices := vietri.City()
	if c.Devices > 0 {
		_, locations, devices = simulator.Scale(c.Devices, c.Seed)
	}
	return simulate(ctx, slog.New(slog.NewTextHandler(t.err, nil)), mqtt.PublisherConfig{
		URL: c.Broker, Username: c.Username, PasswordFile: c.PasswordFile, CAFile: c.CAFile,
	}, simulator.Config{
		Root: c.MQTTRoot, Seed: c.Seed, Locations: locations, Devices: devices,
		Faults: c.Faults, Rate: c.Rate, Duration: c.Duration, Manifests: vietri.Manifests(),
	})
}

// simulate publishes over one connection until ctx ends or the duration is over.
func simulate(ctx context.Context, log *slog.Logger, to mqtt.PublisherConfig, what simulator.Config) error {
	publisher, err := mqtt.NewPublisher(ctx, to, log)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = publisher.Close(closing) // what is not acknowledged by now never will be
	}()
	err = simulator.Run(ctx, what, simulator.Over(publisher), time.Now, log)
	if errors.Is(err, simulator.ErrFaults) {
		return usageError{err}
	}
	return err
}
