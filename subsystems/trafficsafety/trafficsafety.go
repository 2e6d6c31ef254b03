// Package trafficsafety is the subsystem of traffic safety cameras: how well the cameras are, what
// flows past them, and the incidents and violations that they and their analysts report.
package trafficsafety

import (
	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

// Config is the subsystem's configuration. There is nothing to configure yet.
type Config struct{}

// Factory returns the subsystem.
func Factory() subsystem.Factory { return subsystem.Define(spec(), Config{}, open) }

func open(Config) (subsystem.Decoder, error) {
	b := native.Build(spec())
	b.Availability()
	b.Object("health",
		b.State("stream").Must(),
		native.Number("fps", 0, 1000),
		native.Number("expected_fps", 0, 1000),
		native.Number("bitrate_kbps", 0, 10e6),
		native.Flag("recording"),
		b.State("image"),
		native.Number("clock_offset_ms", -10e12, 10e12), // three hundred years: clocks without a battery
		native.Number("storage_used_pct", 0, 100),
		native.Number("retention_days", 0, 36_500),
		native.Number("temperature_c", -273.15, 1000),
		native.Text("firmware"),
	)
	b.Object("flow",
		native.Positive("window_s", 86_400).Must(),
		native.Count("vehicles").Must(),
		native.Number("speed_kmh", 0, 500),
		native.Number("occupancy_pct", 0, 100),
		native.Counts("classes", "vehicles_", classes()...),
		native.Lane(),
		native.Heading(),
	)
	b.Event("incident",
		native.Phase(city.Started, city.Updated, city.Ended).Must(),
		native.Type("accident", "congestion", "breakdown", "flooding", "roadworks", "obstacle", "fire", "crowd").Must(),
		native.Severity(),
		native.Description(),
		native.Latitude(),
		native.Longitude(),
	)
	b.Event("violation",
		native.Type("speeding", "red_light", "wrong_lane", "wrong_way", "no_helmet", "seat_belt", "parking").Must(),
		native.NumberPlate(),
		native.Speed(),
		native.Limit(),
		native.Evidence(),
	)
	return b.Decoder()
}

// classes are the kinds of vehicles that detectors count apart.
func classes() []string {
	return []string{"motorbike", "car", "bus", "truck", "bicycle", "other"}
}
