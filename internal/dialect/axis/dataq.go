package axis

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// connect reads whether DataQ is connected, and what it tells of the camera to whoever registers it.
func (d *decoder) connect(m *subsystem.Message) ([]city.Observation, error) {
	object, err := loose.Object(m.Payload)
	if err != nil {
		return nil, err
	}
	online, err := linked(object)
	if err != nil {
		return nil, err
	}
	observations := []city.Observation{available(m, m.Device, online)}
	name, model := camera.Clip(member(object, "name").Str), camera.Clip(member(object, "model").Str)
	if name == "" && model == "" {
		return observations, nil
	}
	o := observe(m, m.Device, observations[0].ObservedAt)
	o.Undated = true
	o.Announcement = &city.Announcement{Name: name, Maker: "Axis", Model: model, Kind: "camera"}
	return append(observations, o), nil
}

// class is a kind of object that DataQ counts, as it labels it, in lower case.
type class struct {
	label string
	names city.Names
}

// classes are those that are told apart; the last takes in all others.
func classes() []class {
	return []class{
		{"human", names("Người trong khung hình", "People in view")},
		{"car", names("Ô tô con trong khung hình", "Cars in view")},
		{"bike", names("Xe hai bánh trong khung hình", "Bikes in view")},
		{"bus", names("Xe buýt trong khung hình", "Buses in view")},
		{"truck", names("Xe tải trong khung hình", "Trucks in view")},
		{"other", names("Đối tượng khác trong khung hình", "Other objects in view")},
	}
}

// present prefixes the readings of how many objects are in view.
const present = "occupancy_"

// maxPresent bounds how many objects one view can hold; more is a fault.
const maxPresent = 1e6

func metrics() []subsystem.Metric {
	var list []subsystem.Metric
	for _, c := range classes() {
		list = append(list, subsystem.Metric{
			Name: present + c.label, Names: c.names, Doc: c.names.EN + ", as the application DataQ counts them.",
		})
	}
	return list
}

// occupancy reads how many objects of each class are in view. DataQ leaves out a class of which there
// are none, so every class is told: one that is absent is 0.
func (d *decoder) occupancy(m *subsystem.Message) ([]city.Observation, error) {
	object, err := loose.Object(m.Payload)
	if err != nil {
		return nil, err
	}
	counts := member(object, "occupancy")
	if !counts.IsObject() {
		return nil, loose.Field("occupancy", loose.ErrMissing)
	}
	at, err := moment(member(object, "timestamp"))
	if err != nil {
		return nil, err
	}
	o := observe(m, m.Device, at)
	o.Channel = "occupancy"
	o.Readings, err = d.counts(counts)
	if err != nil {
		return nil, err
	}
	return []city.Observation{o}, nil
}

// counts reads numbers by class.
func (d *decoder) counts(object gjson.Result) (readings []city.Reading, err error) {
	readings = make([]city.Reading, len(d.classes))
	for i, metric := range d.classes {
		readings[i].Metric = metric
	}
	object.ForEach(func(key, value gjson.Result) bool {
		if !loose.There(value) {
			return true
		}
		var n float64
		n, err = loose.Number(value)
		if err == nil && (n < 0 || n > maxPresent) {
			err = fmt.Errorf("%v is out of range, want 0 to %v", n, maxPresent)
		}
		if err != nil {
			err = loose.Field("occupancy", fmt.Errorf("%.64q: %w", key.Str, err))
			return false
		}
		readings[classOf(readings, key.Str)].Value += n
		return true
	})
	return readings, err
}

// classOf returns which reading counts a class: the last, that of others, where none bears its name.
func classOf(readings []city.Reading, label string) int {
	for i := range readings {
		if strings.EqualFold(readings[i].Metric[len(present):], label) {
			return i
		}
	}
	return len(readings) - 1
}
