package digitraffic

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// reading reads one number of one sensor: {"value": 84, "time": 1667972911}, and of some traffic
// sensors start and end of the window, all in seconds since 1970. Each sensor is a series of its own,
// since a station sends them one by one with one time.
func (d *decoder) reading(m *subsystem.Message, feed, rest string) (city.Observation, error) {
	station, id, _ := strings.Cut(rest, "/")
	if !isSensor(id) {
		return city.Observation{}, fmt.Errorf("%w: sensor %.32q is not a number of at most %d digits", subsystem.ErrPayload, id, maxSensor)
	}
	value, at, err := measurement(m.Payload)
	if err != nil {
		return city.Observation{}, err
	}
	o := city.Observation{
		Kind: ID, Channel: id, External: ID + ":" + feed + "/" + station,
		ObservedAt: at, Undated: at.IsZero(),
	}
	if o.Undated {
		o.ObservedAt = m.ReceivedAt
	}
	s, known := d.catalogue[id]
	if !known || (s.feed != "" && s.feed != feed) {
		o.Readings = []city.Reading{{Metric: "sensor_" + id, Value: value}}
		return o, nil
	}
	r, err := s.Of(value)
	if err != nil {
		return city.Observation{}, loose.Field("value", err)
	}
	o.Readings = []city.Reading{r}
	if s.WindowS > 0 && d.flow {
		return flow(o, &s, r.Value)
	}
	return o, nil
}

// flow makes a flow of vehicles per hour, so that it counts among those of the location: as many
// vehicles as pass in the window at that rate. Windows slide over each other, so their sum is no
// count; the rate made from it is the mean of theirs.
func flow(o city.Observation, s *Sensor, perHour float64) (city.Observation, error) {
	if perHour < 0 {
		return city.Observation{}, loose.Field("value", fmt.Errorf("%v vehicles per hour", perHour))
	}
	o.Kind, o.Channel = kindFlow, ":"+s.Channel
	o.Readings = append(o.Readings,
		city.Reading{Metric: vehicles, Value: perHour * s.WindowS / time.Hour.Seconds()},
		city.Reading{Metric: window, Value: s.WindowS})
	return o, nil
}

// measurement reads a sensor's message. Its time is that of the measurement, or else the end of its
// window, or else zero.
func measurement(payload []byte) (value float64, at time.Time, err error) {
	v, err := loose.Object(payload)
	if err != nil {
		return 0, time.Time{}, err
	}
	var number, measured, end gjson.Result
	v.ForEach(func(key, field gjson.Result) bool {
		switch key.Str {
		case "value":
			number = field
		case "time":
			measured = field
		case "end":
			end = field
		}
		return true
	})
	if !loose.There(number) {
		return 0, time.Time{}, loose.Field("value", loose.ErrMissing)
	}
	if value, err = loose.Number(number); err != nil {
		return 0, time.Time{}, loose.Field("value", err)
	}
	name := "time"
	if !loose.There(measured) {
		name, measured = "end", end
	}
	if !loose.There(measured) {
		return value, time.Time{}, nil
	}
	at, err = loose.Time(measured, time.UTC)
	return value, at, loose.Field(name, err)
}
