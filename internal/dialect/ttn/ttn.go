// Package ttn reads the uplinks of LoRaWAN devices as The Things Stack publishes them, the software of
// The Things Network. What a device measures is in fields that its maker or its user named; which of
// them is which metric is configuration. Sources: the chapters MQTT Server and Data Formats of the
// documentation of The Things Stack (thethingsindustries.com/docs/integrations).
package ttn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// id of the dialect, the kind of what devices say, and the first part of external ids.
const id = "ttn"

// Metrics that every uplink tells.
const (
	metricRSSI = "rssi_dbm"
	metricSNR  = "snr_db"
)

// Settings are those of one instance.
type Settings struct {
	// Application is the application whose devices are read, as it stands in the topic: APP or
	// APP@TENANT; + for all.
	Application string `json:"application"`

	// Metrics are those of every device, Devices what some devices have beside or instead.
	Metrics Metrics            `json:"metrics"`
	Devices map[string]Profile `json:"devices"`

	// AbsentIsZero names fields of the gateways' metadata, rssi and snr, that are 0 where they are
	// absent. The Stack omits what is 0, but also what it does not know.
	AbsentIsZero []string `json:"absent_is_zero"`
}

// Profile is what one device measures.
type Profile struct {
	Metrics Metrics `json:"metrics"`
}

// Metrics says what fields of decoded_payload are, by path.
type Metrics map[mapping.Path]mapping.Quantity

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	doc := "LoRaWAN devices by the uplinks that The Things Stack publishes, the software of The Things Network: " +
		"what the device measures, by a configured mapping, and how well the best gateway heard it."
	return subsystem.DefineDialect(id, doc, Settings{Application: "+"}, open)
}

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	application, err := level(s.Application)
	if err != nil {
		return subsystem.Feed{}, err
	}
	d, err := newDecoder(&s)
	if err != nil {
		return subsystem.Feed{}, err
	}
	return subsystem.Feed{
		Topics: []subsystem.Topic{{
			Pattern: "v3/" + application + "/devices/{device}/up", Kind: id,
			Doc: "What a device sent, as the application's payload formatter decoded it.",
		}},
		Decoder: d,
		Metrics: metrics(b.Spec),
	}, nil
}

// level returns the level of the topic pattern that stands for the application.
func level(application string) (string, error) {
	if application == "+" {
		return "{application}", nil
	}
	if application == "" || strings.ContainsAny(application, "/+#{}\x00") {
		return "", fmt.Errorf("application %q: want APP or APP@TENANT as in the topic, or + for all", application)
	}
	return application, nil
}

func newDecoder(s *Settings) (*decoder, error) {
	d := &decoder{devices: make(map[string][]mapping.Measure, len(s.Devices))}
	for _, field := range s.AbsentIsZero {
		switch field {
		case "rssi":
			d.zeroRSSI = true
		case "snr":
			d.zeroSNR = true
		default:
			return nil, fmt.Errorf("absent_is_zero: %q is neither rssi nor snr", field)
		}
	}
	var err error
	if d.measures, err = measures(s.Metrics, nil); err != nil {
		return nil, err
	}
	for name, profile := range s.Devices {
		if d.devices[name], err = measures(s.Metrics, profile.Metrics); err != nil {
			return nil, fmt.Errorf("device %q: %w", name, err)
		}
	}
	return d, nil
}

// measures returns what a device measures: what all do, but for the paths that it has a mapping of its
// own for. Two paths that give the same metric are an error.
func measures(all, own Metrics) ([]mapping.Measure, error) {
	var list []mapping.Measure
	add := func(path mapping.Path, quantity mapping.Quantity) error {
		if path.Whole() {
			return fmt.Errorf("metric %q: a path in decoded_payload is missing", quantity.Metric)
		}
		if err := quantity.Check(); err != nil {
			return fmt.Errorf("path %q: %w", path, err)
		}
		list = append(list, mapping.Measure{Path: path, Quantity: quantity})
		return nil
	}
	for path, quantity := range own {
		if err := add(path, quantity); err != nil {
			return nil, err
		}
	}
	for path, quantity := range all {
		if _, replaced := own[path]; replaced {
			continue
		}
		if err := add(path, quantity); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b mapping.Measure) int { return strings.Compare(a.Metric, b.Metric) })
	for i := range list {
		if name := list[i].Metric; name == metricRSSI || name == metricSNR || (i > 0 && name == list[i-1].Metric) {
			return nil, fmt.Errorf("metric %q: two fields give it", name)
		}
	}
	return list, nil
}

// metrics declares what every uplink tells and the Spec does not declare.
func metrics(spec *subsystem.Spec) []subsystem.Metric {
	all := []subsystem.Metric{
		{
			Name: metricRSSI, Names: city.Names{VI: "Cường độ tín hiệu thu", EN: "Signal strength"}, Unit: "dBm",
			Doc: "Strength of the device's signal at the gateway that heard it best.",
		},
		{
			Name: metricSNR, Names: city.Names{VI: "Tỷ số tín hiệu trên tạp âm", EN: "Signal-to-noise ratio"}, Unit: "dB",
			Doc: "The device's signal over the noise, at the gateway that heard it best.",
		},
	}
	return slices.DeleteFunc(all, func(m subsystem.Metric) bool { return spec.Metric(m.Name) != nil })
}

var errOtherDevice = errors.New("it names another device than the topic")
