package onvif

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
)

// reader reads what an event says into an observation. It may find that it says nothing of use.
type reader func(e *event, o *city.Observation) error

// rule is how events of one topic are read.
type rule struct {
	video bool   // its source names a video source
	read  reader // the event
	gone  reader // the deletion of the property; nil: it says nothing
}

func (r rule) reader(deleted bool) reader {
	if deleted {
		return r.gone
	}
	return r.read
}

// rules returns the rules by local topic. Those of the image stand in the Imaging Service
// Specification, those of the device in the Core Specification, those of rule engines in the
// Analytics Service Specification, and that of recording in the Recording Control Specification.
func rules(s *Settings) map[string]rule {
	all := map[string]rule{
		"VideoSource/SignalLoss":                     video(condition("State", camera.SignalLost)),
		"VideoSource/ImpairedVisibility":             video(condition("State", camera.Impaired)),
		"VideoSource/MotionAlarm":                    video(condition("State", camera.Motion)),
		"Device/HardwareFailure/StorageFailure":      condition("Failed", perUnit(camera.StorageFailed)...),
		"Device/HardwareFailure/FanFailure":          condition("Failed", perUnit(camera.FanFailed)...),
		"Device/HardwareFailure/PowerSupplyFailure":  condition("Failed", perUnit(camera.PowerFailed)...),
		"Device/HardwareFailure/TemperatureCritical": condition("Critical", camera.Overheated),
		"Device/Sensor/Temperature/High":             {read: passed("temperature_high")},
		"Device/Sensor/Temperature/Low":              {read: passed("temperature_low")},
		"Monitoring/LinkStatus":                      {read: link(perUnit(camera.NetworkDown)), gone: well(perUnit(camera.NetworkDown))},
		"Monitoring/ProcessorUsage":                  {read: usage(s.ProcessorRatio)},
		"RecordingConfig/JobState":                   {read: job(s.RecordingJob)},
		"RuleEngine/CountAggregation/Counter":        {video: true, read: count},
		"RuleEngine/LineDetector/Crossed":            {video: true, read: crossed},
		"RuleEngine/FieldDetector/ObjectsInside":     {video: true, read: inside, gone: well([]string{camera.ObjectsInside})},
		"RuleEngine/Recognition/LicensePlate":        {video: true, read: plate},
	}
	for topic, name := range map[string]string{
		"VideoSource/ImageTooBlurry": camera.Blurred, "VideoSource/ImageTooDark": camera.Dark,
		"VideoSource/ImageTooBright": camera.Bright, "VideoSource/GlobalSceneChange": camera.SceneChanged,
	} {
		all[topic] = video(condition("State", name))
		for _, by := range services() {
			r := condition("State", by.In(name))
			r.video = by.video
			all[topic+"/"+by.level] = r
		}
	}
	return all
}

func video(r rule) rule {
	r.video = true
	return r
}

// perUnit returns the names of a condition's states by unit.
func perUnit(name string) []string {
	all := []string{name}
	for _, part := range units() {
		all = append(all, part.In(name))
	}
	return all
}

// condition reads a flag into the state of its source's unit. A property that is deleted says nothing
// bad any more.
//
// Every state has a channel of its own: retained events come in any order after a connect, and an
// older one of another property must not be taken for late.
func condition(field string, states ...string) rule {
	return rule{
		read: func(e *event, o *city.Observation) error {
			bad, err := e.flag(field)
			if err != nil {
				return err
			}
			say(o, of(e, states), bad)
			return nil
		},
		gone: well(states),
	}
}

func well(states []string) reader {
	return func(e *event, o *city.Observation) error {
		say(o, of(e, states), false)
		return nil
	}
}

// of returns the state of the unit that an event is of.
func of(e *event, states []string) string {
	if len(states) == 1 {
		return states[0]
	}
	return states[unit(e.token("Token"))]
}

func say(o *city.Observation, name string, yes bool) {
	o.Channel = name
	o.States = []city.State{camera.Say(name, yes)}
}

// link reads the status of a network link: the setting of the connection, whose speed is 0 where
// there is none, or a word.
func link(states []string) reader {
	return func(e *event, o *city.Observation) error {
		v, err := e.want("Link")
		if err != nil {
			return err
		}
		up, err := linked(v)
		if err != nil {
			return loose.Field("Link", err)
		}
		say(o, of(e, states), !up)
		return nil
	}
}

func linked(v gjson.Result) (bool, error) {
	if v.IsObject() {
		speed := item(v, "Speed")
		if !loose.There(speed) {
			return false, errors.New("it has no Speed")
		}
		rate, err := loose.Number(speed)
		return rate > 0, err
	}
	switch strings.ToLower(strings.TrimSpace(v.Str)) {
	case "up":
		return true, nil
	case "down":
		return false, nil
	}
	return loose.Bool(v)
}

// usage reads the usage of the processor: percent by the specification, from 0 to 1 for some makers.
// 1 could be either, so which it is comes from the settings and not from the value.
func usage(ratio bool) reader {
	return func(e *event, o *city.Observation) error {
		value, err := e.number("Value")
		if err != nil {
			return err
		}
		if ratio {
			value *= 100
		}
		if value < 0 || value > 100 {
			return loose.Field("Value", fmt.Errorf("%v %% is out of range, want 0 to 100", value))
		}
		o.Channel, o.Readings = processor, []city.Reading{{Metric: processor, Value: value}}
		return nil
	}
}

// job reads the state of a recording job. Where only one of several tracks records, the camera does:
// many have no sound to record.
func job(only string) reader {
	return func(e *event, o *city.Observation) error {
		v, err := e.want("State")
		if err != nil {
			return err
		}
		if only != "" && only != e.token("RecordingJobToken") {
			return nil
		}
		switch strings.ToLower(strings.TrimSpace(v.String())) {
		case "active", "partiallyactive":
			say(o, camera.Recording, true)
		case "idle", "error":
			say(o, camera.Recording, false)
		default:
			return loose.Field("State", fmt.Errorf("%.64q is none of Idle, PartiallyActive, Active, Error", v.String()))
		}
		return nil
	}
}

// count reads how much a counting rule has counted since its last reset. Every rule is a series.
func count(e *event, o *city.Observation) error {
	value, err := e.number("Count")
	if err != nil {
		return err
	}
	if value < 0 {
		return loose.Field("Count", fmt.Errorf("%v is below 0", value))
	}
	o.Channel, o.Readings = camera.Clip(e.rule()), []city.Reading{{Metric: counted, Value: value}}
	return nil
}

// inside reads whether a rule sees objects in its field. Some makers tell it once for every object
// instead, with no word of when it is over; that is a sign of life and no more.
func inside(e *event, o *city.Observation) error {
	for _, name := range []string{"IsInside", "State"} {
		v := item(e.data, name)
		if !loose.There(v) {
			continue
		}
		yes, err := loose.Bool(v)
		if err != nil {
			return loose.Field(name, err)
		}
		say(o, camera.ObjectsInside, yes)
		return nil
	}
	return nil
}

// crossed reads which rule's line was crossed. It is told as a note and not as an event: a line
// across a road is crossed all day.
func crossed(e *event, o *city.Observation) error {
	rule := e.rule()
	if rule == "" {
		return nil
	}
	o.Channel, o.States = camera.LineCrossed, []city.State{camera.Note(camera.LineCrossed, rule)}
	return nil
}

// passed reads that a sensor of temperature passed a threshold. Nothing tells when it is back, and the
// other threshold does not say so, hence an event without duration and no condition.
func passed(what string) reader {
	return func(e *event, o *city.Observation) error {
		o.Kind = temperature
		o.Event = &city.Event{ID: identify(e, o, what), Type: what, Phase: city.Instant}
		if value, err := e.number("Value"); err == nil {
			o.Event.Description = strconv.FormatFloat(value, 'f', -1, 64) + " °C"
		}
		return nil
	}
}
