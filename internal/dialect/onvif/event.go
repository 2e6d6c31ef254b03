package onvif

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// event is one message, taken apart.
type event struct {
	device  string
	topic   string // whole
	local   string // without namespaces
	sources string // values of the source in the topic

	at      time.Time // zero if the payload has no time
	source  gjson.Result
	data    gjson.Result
	deleted bool // the payload is empty: the property is no more
}

// read reads the payload. Its error wraps subsystem.ErrPayload.
func (e *event) read(payload []byte) error {
	if len(payload) == 0 {
		e.deleted = true
		return nil
	}
	object, err := loose.Object(payload)
	if err != nil {
		return err
	}
	var at gjson.Result
	object.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "UtcTime":
			at = value
		case "Source":
			e.source = value
		case "Data":
			e.data = value
		}
		return true
	})
	if !loose.There(at) {
		return nil
	}
	e.at, err = loose.Time(at, time.UTC)
	return loose.Field("UtcTime", err)
}

// want returns an item of the event's data that must be there.
func (e *event) want(name string) (gjson.Result, error) {
	v := item(e.data, name)
	if !loose.There(v) {
		return v, loose.Field(name, loose.ErrMissing)
	}
	return v, nil
}

// flag reads an item of the data that is true or false.
func (e *event) flag(name string) (bool, error) {
	v, err := e.want(name)
	if err != nil {
		return false, err
	}
	b, err := loose.Bool(v)
	return b, loose.Field(name, err)
}

// number reads an item of the data that is a number.
func (e *event) number(name string) (float64, error) {
	v, err := e.want(name)
	if err != nil {
		return 0, err
	}
	f, err := loose.Number(v)
	return f, loose.Field(name, err)
}

// token returns the first of those items of the source that is there, or else what the topic says
// first of it.
func (e *event) token(names ...string) string {
	for _, name := range names {
		if text, err := loose.Text(item(e.source, name)); err == nil && text != "" {
			return text
		}
	}
	return first(e.sources)
}

// rule returns the name of the analytics rule that the event is of: the last of its source's values.
func (e *event) rule() string {
	if text, err := loose.Text(item(e.source, "Rule")); err == nil && text != "" {
		return text
	}
	return last(e.sources)
}

// videoSource returns the video source that the event is of, or nothing.
func (e *event) videoSource() string {
	return e.token("VideoSource", "Source", "VideoSourceToken", "VideoSourceConfigurationToken")
}

// item returns an item of a source or of data, which are flat objects by the specification, and
// lists of names and values for some makers.
func item(group gjson.Result, name string) (found gjson.Result) {
	group.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case name:
			found = value
		case "SimpleItem", "ElementItem":
			found = listed(value, name)
		}
		return !found.Exists()
	})
	return found
}

// listed returns the value of that name in a list of {Name, Value}, or in one that stands alone.
func listed(list gjson.Result, name string) (found gjson.Result) {
	if list.IsObject() {
		return pair(list, name)
	}
	list.ForEach(func(_, entry gjson.Result) bool {
		found = pair(entry, name)
		return !found.Exists()
	})
	return found
}

func pair(entry gjson.Result, name string) gjson.Result {
	var called string
	var value gjson.Result
	entry.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "Name":
			called = v.Str
		case "Value":
			value = v
		}
		return true
	})
	if called != name {
		return gjson.Result{}
	}
	return value
}

// take makes an event of a message that the dialect's pattern matched.
func (d *decoder) take(m *subsystem.Message) *event {
	e := &event{device: d.settings.Device, topic: m.Topic}
	if e.device == "" {
		e.device = first(camera.Below(m.Topic, d.level))
	}
	local, sources := split(camera.Below(m.Topic, d.skip))
	e.local, e.sources = camera.Plain(strings.TrimSuffix(local, "/")), sources
	return e
}
