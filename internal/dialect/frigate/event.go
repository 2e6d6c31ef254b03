package frigate

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// phase reads the type of an event or a review.
func phase(v gjson.Result) (city.Phase, error) {
	switch v.Str {
	case "new":
		return city.Started, nil
	case "update":
		return city.Updated, nil
	case "end":
		return city.Ended, nil
	}
	return "", loose.Field("type", fmt.Errorf("%.64q is none of new, update, end", v.String()))
}

// detection reads an event: a tracked object, as it is after the change. It is no alarm.
func (d *decoder) detection(m *subsystem.Message) ([]city.Observation, error) {
	p, after, err := change(m)
	if err != nil {
		return nil, err
	}
	if after.Get("false_positive").Bool() {
		return nil, nil
	}
	o, err := d.happened(m, kindDetection, after)
	if err != nil {
		return nil, err
	}
	label, err := word(after.Get("label"))
	if err != nil {
		return nil, loose.Field("after.label", err)
	}
	o.Event.Type, o.Event.Phase = label, p
	switch p {
	case city.Started:
		date(&o, after.Get("start_time"))
	case city.Ended:
		date(&o, after.Get("end_time"))
	case city.Updated, city.Instant:
		date(&o, after.Get("frame_time"))
	}
	return []city.Observation{o}, nil
}

// review reads a review: a period of activity, of which only what Frigate calls an alert is told.
func (d *decoder) review(m *subsystem.Message) ([]city.Observation, error) {
	p, after, err := change(m)
	if err != nil {
		return nil, err
	}
	if after.Get("severity").String() != "alert" {
		return nil, nil
	}
	o, err := d.happened(m, kindReview, after)
	if err != nil {
		return nil, err
	}
	o.Event.Type, o.Event.Phase = "alert", p
	switch p {
	case city.Started:
		date(&o, after.Get("start_time"))
	case city.Ended:
		date(&o, after.Get("end_time"))
	case city.Updated, city.Instant: // it does not say when
	}
	var objects []string
	for _, v := range after.Get("data.objects").Array() {
		if object, err := word(v); err == nil && len(objects) < maxObjects {
			objects = append(objects, object)
		}
	}
	o.Event.Title = strings.Join(objects, ", ")
	return []city.Observation{o}, nil
}

const maxObjects = 8

// change reads what events and reviews have in common.
func change(m *subsystem.Message) (city.Phase, gjson.Result, error) {
	v, err := loose.Object(m.Payload)
	if err != nil {
		return "", gjson.Result{}, err
	}
	p, err := phase(v.Get("type"))
	if err != nil {
		return "", gjson.Result{}, err
	}
	after := v.Get("after")
	if !after.IsObject() {
		return "", gjson.Result{}, loose.Field("after", loose.ErrMissing)
	}
	return p, after, nil
}

// recognition reads a number plate. Everything else that Frigate recognises, faces among it, is left
// alone; and of the plate's owner, whose name Frigate may know, nothing is read.
func (d *decoder) recognition(m *subsystem.Message) ([]city.Observation, error) {
	v, err := loose.Object(m.Payload)
	if err != nil {
		return nil, err
	}
	switch kind := v.Get("type"); {
	case kind.Type != gjson.String:
		return nil, loose.Field("type", loose.ErrMissing)
	case kind.Str != "lpr":
		return nil, nil
	}
	o, err := d.happened(m, camera.Recognition, v)
	if err != nil {
		return nil, err
	}
	plate, err := loose.Text(v.Get("plate"))
	if err != nil || plate == "" || len(plate) > maxPlate {
		return nil, loose.Field("plate", errors.New("it is missing or no number plate")) // not repeated: it may be personal
	}
	if strings.Contains(o.Event.ID, plate) {
		return nil, loose.Field("id", errors.New("it contains the number plate, which would be shown by it"))
	}
	o.Event.Type, o.Event.Phase, o.Event.Plate.Clear = camera.PlateSeen, city.Instant, plate
	date(&o, v.Get("timestamp"))
	return []city.Observation{o}, nil
}

const (
	maxID    = 128
	maxPlate = 32
)

// happened starts the observation of an event from its id and its camera.
func (d *decoder) happened(m *subsystem.Message, kind string, v gjson.Result) (city.Observation, error) {
	key, err := loose.Text(v.Get("id"))
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' }
	if err != nil || key == "" || len(key) > maxID || strings.ContainsFunc(key, odd) {
		return city.Observation{}, loose.Field("id", fmt.Errorf("want 1 to %d visible ASCII characters without a slash", maxID))
	}
	name, err := loose.Text(v.Get("camera"))
	if err == nil {
		err = checkCamera(name)
	}
	if err != nil {
		return city.Observation{}, loose.Field("camera", err)
	}
	o := say(kind, d.head+name, m)
	o.Event = &city.Event{ID: key}
	return o, nil
}

// date gives an observation its own time, where it has one: a time that cannot be read is worth less
// than what happened.
func date(o *city.Observation, v gjson.Result) {
	if at, err := loose.Time(v, time.UTC); err == nil {
		o.ObservedAt, o.Undated = at, false
	}
}

// word reads a label of an object: person, car, license_plate.
func word(v gjson.Result) (string, error) {
	text, err := loose.Text(v)
	if err != nil {
		return "", err
	}
	if text == "" || len(text) > maxName {
		return "", fmt.Errorf("%.64q is no label", text)
	}
	return text, nil
}
