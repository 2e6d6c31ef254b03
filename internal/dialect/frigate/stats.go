package frigate

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// stats reads the figures of the recorder and of its cameras. A figure that is null, or no number,
// says nothing; it does not keep the others from being heard.
func (d *decoder) stats(m *subsystem.Message) ([]city.Observation, error) {
	all, err := loose.Object(m.Payload)
	if err != nil {
		return nil, err
	}
	service := all.Get("service")
	dated := city.Observation{Kind: id, ObservedAt: m.ReceivedAt, Undated: true}
	if at, err := loose.Time(service.Get("last_updated"), time.UTC); err == nil {
		dated.ObservedAt, dated.Undated = at, false
	}
	said := d.cameras(all, dated)
	if o, ok := recorderSays(service, dated); ok {
		o.External = d.server
		said = append(said, o)
	}
	if len(said) == 0 && !service.IsObject() && !all.Get("cameras").IsObject() {
		return nil, loose.Field("cameras", loose.ErrMissing)
	}
	return said, nil
}

// cameras returns what is said of each camera. Older versions have the cameras beside the other
// figures, where only camera_fps tells them from, say, the detectors.
func (d *decoder) cameras(all gjson.Result, dated city.Observation) []city.Observation {
	said := make([]city.Observation, 0, 2) // a camera and the recorder; most have few
	list := all.Get("cameras")
	older := !list.Exists()
	if older {
		list = all
	}
	list.ForEach(func(key, v gjson.Result) bool {
		name := key.String()
		if !v.IsObject() || checkCamera(name) != nil || (older && !v.Get("camera_fps").Exists()) {
			return true
		}
		o := dated
		o.External = d.head + name
		if d.off[name] {
			outOfService(&o)
			said = append(said, o)
		} else if cameraSays(v, &o) {
			said = append(said, o)
		}
		return true
	})
	return said
}

// figures are the fields of a camera that become readings, the frame rate first.
func figures() [7][2]string {
	return [...][2]string{
		{"camera_fps", metricFPS},
		{"expected_fps", metricExpectedFPS},
		{"detection_fps", metricDetectionFPS},
		{"process_fps", metricProcessFPS},
		{"skipped_fps", metricSkippedFPS},
		{"reconnects_last_hour", metricReconnects},
		{"stalls_last_hour", metricStalls},
	}
}

// cameraSays fills in what the figures of one camera say, if anything.
func cameraSays(v gjson.Result, o *city.Observation) bool {
	fields := figures()
	var found [len(fields)]gjson.Result
	v.ForEach(func(key, value gjson.Result) bool {
		for i := range fields {
			if key.Str == fields[i][0] {
				found[i] = value
				break
			}
		}
		return true
	})
	o.Readings = make([]city.Reading, 0, len(fields))
	for i := range fields {
		f, err := loose.Number(found[i])
		if err != nil || f < 0 {
			continue
		}
		o.Readings = append(o.Readings, city.Reading{Metric: fields[i][1], Value: f})
		switch {
		case i == 0 && f == 0:
			o.States = []city.State{{Name: stateStream, Value: streamNoSignal}}
		case i == 0:
			o.States = []city.State{{Name: stateStream, Value: streamOK}}
		}
	}
	return len(o.Readings) > 0
}

// recorderSays returns what the recorder says of itself, if anything.
func recorderSays(service gjson.Result, o city.Observation) (city.Observation, bool) {
	o.Readings = make([]city.Reading, 0, 2)
	if uptime, err := loose.Number(service.Get("uptime")); err == nil {
		o.Readings = append(o.Readings, city.Reading{Metric: metricUptime, Value: uptime})
	}
	if used, ok := fullest(service.Get("storage")); ok {
		o.Readings = append(o.Readings, city.Reading{Metric: metricStorage, Value: used})
	}
	if version, err := loose.Text(service.Get("version")); err == nil && version != "" && len(version) <= maxName {
		o.States = append(o.States, city.State{Name: stateFirmware, Value: version})
	}
	return o, len(o.Readings)+len(o.States) > 0
}

// fullest returns how full, in percent, the fullest of the paths is on which the recorder stores. The
// frames in shared memory and the cache, which are in memory, are full by design.
func fullest(storage gjson.Result) (percent float64, ok bool) {
	storage.ForEach(func(key, v gjson.Result) bool {
		if strings.HasPrefix(key.String(), "/dev/") || v.Get("mount_type").String() == "tmpfs" {
			return true
		}
		used, err := loose.Number(v.Get("used"))
		if err != nil {
			return true
		}
		total, err := loose.Number(v.Get("total"))
		if err != nil || !(total > 0) || used < 0 || used > total {
			return true
		}
		percent, ok = max(percent, used/total*100), true
		return true
	})
	return percent, ok
}
