package ttn_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/ttn"
	"opscenter/internal/subsystem"
	"opscenter/internal/subsystem/subsystemtest"
)

// settings are those of the river gauges of a town: most send a distance and a battery voltage, one
// sends a level of its own, and soil probes send a list.
const settings = `{
	"metrics": {
		"distance_mm": {"metric": "river_level_m", "scale": -0.001, "offset": 5.2},
		"battery.voltage": {"metric": "battery_v"}
	},
	"devices": {
		"gauge-02": {"metrics": {"distance_mm": {"metric": "river_level_m", "scale": -0.001, "offset": 7}}},
		"soil-01": {"metrics": {"probes.0.temp": {"metric": "soil_temperature_c"}}}
	}
}`

// factory is a subsystem of rivers, which has a topic only because every subsystem has one.
func factory() subsystem.Factory {
	names := city.Names{VI: "Sông", EN: "Rivers"}
	spec := subsystem.Spec{
		ID: "rivers", Names: names, Doc: "Rivers.", Cadence: 10 * time.Minute,
		Topics:  []subsystem.Topic{{Pattern: "{root}/rivers/{location}/{device}/reading", Kind: "reading", Doc: "Readings."}},
		Metrics: []subsystem.Metric{{Name: "river_level_m", Names: names, Unit: "m", Doc: "Level."}},
	}
	return subsystem.Define(spec, struct{}{}, func(struct{}) (subsystem.Decoder, error) { return nil, nil }) //nolint:nilnil // never asked
}

func TestDialect(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, ttn.Dialect(), factory(), settings)
}

func FuzzDecode(f *testing.F) { subsystemtest.FuzzDialect(f, ttn.Dialect(), factory(), settings) }

func open(raw string) (subsystem.Feed, error) {
	return ttn.Dialect().Open(subsystem.Binding{Name: "lora", Spec: &subsystem.Spec{}}, json.RawMessage(raw))
}

func TestApplicationIsALevelOfTheTopic(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{}`:                           "v3/{application}/devices/{device}/up",
		`{"application":"+"}`:          "v3/{application}/devices/{device}/up",
		`{"application":"rivers"}`:     "v3/rivers/devices/{device}/up",
		`{"application":"rivers@ttn"}`: "v3/rivers@ttn/devices/{device}/up",
	} {
		feed, err := open(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := feed.Topics[0].Pattern; got != want {
			t.Errorf("%s: topic %q, want %q", raw, got, want)
		}
	}
}

func TestSubsystemDeclaresTheSignalInItsOwnWords(t *testing.T) {
	t.Parallel()
	factory := factory()
	own := subsystem.Metric{Name: "rssi_dbm", Names: city.Names{VI: "Sóng", EN: "Reception"}, Unit: "dBm", Doc: "As the town puts it."}
	factory.Spec.Metrics = append(factory.Spec.Metrics, own)
	set, err := subsystem.NewSet(subsystem.SetConfig{
		Root: "ioc/v1", Factories: []subsystem.Factory{factory}, Dialects: []subsystem.Dialect{ttn.Dialect()},
		Instances: []subsystem.Instance{{Name: "lora", Dialect: "ttn", Subsystem: "rivers"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	spec := set.ByID("rivers").Spec
	if m := spec.Metric(own.Name); m == nil || m.Doc != own.Doc {
		t.Errorf("rssi_dbm is %+v, want it as the subsystem has it", m)
	}
	if spec.Metric("snr_db") == nil {
		t.Error("snr_db, which the subsystem does not have, is not declared")
	}
}

func TestBadSettingsAreRefusedByName(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"application":""}`:                                                                "application",
		`{"application":"a/b"}`:                                                             "application",
		`{"absent_is_zero":["f_port"]}`:                                                     "f_port",
		`{"metrics":{"a..b":{"metric":"x"}}}`:                                               "a..b",
		`{"metrics":{"":{"metric":"x"}}}`:                                                   "decoded_payload",
		`{"metrics":{"a":{"metric":"X"}}}`:                                                  `"a"`,
		`{"metrics":{"a":{"metric":"x","scale":0}}}`:                                        "scale",
		`{"metrics":{"a":{"metric":"x","factor":2}}}`:                                       "factor",
		`{"metrics":{"a":{"metric":"x"},"b":{"metric":"x"}}}`:                               `"x"`,
		`{"metrics":{"a":{"metric":"rssi_dbm"}}}`:                                           "rssi_dbm",
		`{"metrics":{"a":{"metric":"x"}},"devices":{"d":{"metrics":{"b":{"metric":"x"}}}}}`: `device "d"`,
		`{"devices":{"d":{"metric":{}}}}`:                                                   "metric",
	} {
		if _, err := open(raw); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that names %s", raw, err, want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	feed, err := open(settings)
	if err != nil {
		b.Fatal(err)
	}
	m := subsystem.Message{
		Topic: "v3/rivers@ttn/devices/gauge-01/up", Kind: "ttn", Device: "gauge-01", ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
		Payload: []byte(`{"end_device_ids":{"device_id":"gauge-01","application_ids":{"application_id":"rivers"},"dev_eui":"70B3D57ED005B89A","dev_addr":"260BABCD"},"correlation_ids":["as:up:01HX6YGQ7E0V83YRZ7K4S5J4ZN"],"received_at":"2026-11-23T01:14:59.412345678Z","uplink_message":{"session_key_id":"AYfg8rhha5n+FWx0ZaAprA==","f_port":2,"f_cnt":1834,"frm_payload":"ASsBKAAA","decoded_payload":{"distance_mm":2300,"battery":{"voltage":3.62}},"rx_metadata":[{"gateway_ids":{"gateway_id":"town-hall","eui":"AA555A0000000101"},"time":"2026-11-23T01:14:59.392Z","timestamp":3895211423,"rssi":-68,"channel_rssi":-68,"snr":9.2,"uplink_token":"CiIKIAoUZXVpLWFhNTU1YTAwMDAwMDAxMDE"}],"settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7,"coding_rate":"4/5"}},"frequency":"921400000","timestamp":3895211423},"received_at":"2026-11-23T01:14:59.200Z","consumed_airtime":"0.061696s","network_ids":{"net_id":"000013","tenant_id":"ttn","cluster_id":"au1"}}}`),
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := feed.Decoder.Decode(m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}
