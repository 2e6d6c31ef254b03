package digitraffic

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"opscenter/internal/city"
	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// Sensor is what the catalogue says of one sensor: what its number means, which no message does.
type Sensor struct {
	mapping.Named

	// Channel is the direction of traffic that a flow is of: "1" or "2".
	Channel string `json:"channel"`

	// WindowS makes vehicles per hour a flow as well: how many passed in so many seconds, for the
	// flow of the location. 0: it is a reading alone.
	WindowS float64 `json:"window_s"`

	doc  string
	feed string // that the sensor belongs to; empty for one from the settings
}

// catalogue is all that is known of sensors, by their id.
type catalogue map[string]Sensor

// maxWindow is the longest window of a flow, in seconds: a day.
const maxWindow = 86_400

// channelForm is what channels are called, since they end up in keys.
var channelForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,32}$`)

// newCatalogue returns the catalogue with what the settings say.
func newCatalogue(settings map[string]Sensor) (catalogue, error) {
	c := builtIn()
	for _, id := range slices.Sorted(maps.Keys(settings)) {
		s := settings[id]
		s.doc = "Sensor " + id + " as the configuration has it."
		if err := s.check(id); err != nil {
			return nil, fmt.Errorf("settings: sensor %q: %w", id, err)
		}
		c[id] = s
	}
	return c, nil
}

func (s *Sensor) check(id string) error {
	switch {
	case !isSensor(id):
		return fmt.Errorf("the id is not a number of at most %d digits", maxSensor)
	case !channelForm.MatchString(s.Channel):
		return fmt.Errorf("channel %q: want at most 32 letters, digits, _ and -", s.Channel)
	case !(s.WindowS >= 0 && s.WindowS <= maxWindow):
		return fmt.Errorf("window_s %v: want 0 to %d", s.WindowS, maxWindow)
	case s.WindowS > 0 && (s.Metric == vehicles || s.Metric == window):
		return fmt.Errorf("metric %q is what a flow has beside it", s.Metric)
	}
	return s.Named.Check()
}

const maxSensor = 9 // digits of a sensor's id

func isSensor(id string) bool {
	_, err := strconv.ParseUint(id, 10, 32)
	return err == nil && len(id) <= maxSensor
}

// metrics declares what the sensors of the feeds measure and the Spec does not declare.
func (c catalogue) metrics(spec *subsystem.Spec, feeds []string) []subsystem.Metric {
	var declared []subsystem.Metric
	for _, id := range slices.SortedFunc(maps.Keys(c), byNumber) {
		s := c[id]
		taken := slices.ContainsFunc(declared, func(m subsystem.Metric) bool { return m.Name == s.Metric })
		if taken || (s.feed != "" && !slices.Contains(feeds, s.feed)) {
			continue
		}
		if m, lacking := s.Declare(spec, s.doc); lacking {
			declared = append(declared, m)
		}
	}
	return declared
}

func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	return 1
}

// The readings of a flow, as the center's own flow messages name them.
const (
	vehicles    = "vehicles"
	window      = "window_s"
	kindFlow    = "flow"
	fiveMinutes = 300.0
)

// builtIn is the part of Fintraffic's catalogues that is of use to a city: of
// https://tie.digitraffic.fi/api/tms/v1/sensors the sliding and fixed means by direction, and of
// https://tie.digitraffic.fi/api/weather/v1/sensors the plain measurements.
func builtIn() catalogue {
	c := catalogue{}
	direction := func(metric, unit, vi, en, doc string, windowS float64, ids ...string) {
		for i, id := range ids {
			n := strconv.Itoa(i + 1)
			c[id] = Sensor{
				Named: mapping.Named{
					Quantity: mapping.Quantity{Metric: metric + "_" + n}, Unit: unit,
					Names: city.Names{VI: vi + ", chiều " + n, EN: en + ", direction " + n},
				},
				Channel: n, WindowS: windowS, feed: TMS, doc: doc,
			}
		}
	}
	direction("speed_kmh", "km/h", "Tốc độ trung bình 5 phút", "Mean speed, 5 min",
		"Mean speed over the last five minutes, sliding.", 0, "5122", "5125")
	direction("speed_60min_kmh", "km/h", "Tốc độ trung bình 60 phút", "Mean speed, 60 min",
		"Mean speed in the last full hour.", 0, "5056", "5057")
	direction("flow_vehh", "veh/h", "Lưu lượng phương tiện", "Vehicle flow",
		"Vehicles per hour, from the last five minutes, sliding.", fiveMinutes, "5116", "5119")
	direction("vehicles_60min", "", "Số phương tiện trong 60 phút", "Vehicles in 60 min",
		"Vehicles that passed in the last full hour.", 0, "5054", "5055")
	direction("free_flow_pct", "%", "Tốc độ so với tự do", "Speed of free flow",
		"Mean speed over the last five minutes as a part of the speed when the road is empty.", 0, "5158", "5161")

	measured := func(id, metric, unit, vi, en, doc string) {
		c[id] = Sensor{
			Named: mapping.Named{Quantity: mapping.Quantity{Metric: metric}, Unit: unit, Names: city.Names{VI: vi, EN: en}},
			feed:  Weather, doc: doc,
		}
	}
	measured("1", "air_temperature_c", "°C", "Nhiệt độ không khí", "Air temperature", "Temperature of the air beside the road.")
	measured("3", "road_temperature_c", "°C", "Nhiệt độ mặt đường", "Road temperature", "Temperature of the road's surface.")
	measured("17", "wind_gust_ms", "m/s", "Gió giật", "Wind gust", "Highest wind speed of the period.")
	measured("21", "air_humidity_pct", "%", "Độ ẩm không khí", "Air humidity", "Relative humidity of the air.")
	measured("23", "rain_intensity_mmh", "mm/h", "Cường độ mưa", "Rain intensity", "Rain or snow as water, per hour.")
	measured("26", "visibility_km", "km", "Tầm nhìn xa (km)", "Visibility in km", "How far one can see, in kilometres.")
	measured("58", "visibility_m", "m", "Tầm nhìn xa (m)", "Visibility in m", "How far one can see, in metres.")
	return c
}
