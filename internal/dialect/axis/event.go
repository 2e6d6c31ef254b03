package axis

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
)

// event is one condition of the camera's event system, taken apart.
type event struct {
	path    string // without namespaces
	sources string // what follows $source/ in the topic: names and values

	serial string    // in the payload, empty by default
	at     time.Time // zero if the payload has no time
	source gjson.Result
	data   gjson.Result
}

// locate reads what follows the prefix in a topic.
func (e *event) locate(rest string) {
	path, marked, _ := strings.Cut("/"+rest, "/$")
	e.path = camera.Plain(strings.TrimPrefix(path, "/"))
	e.sources, _ = strings.CutPrefix(marked, "source/")
}

// read reads the payload. A camera may be set to leave the path out of the topic; it is in the payload,
// too. The error wraps subsystem.ErrPayload.
func (e *event) read(payload []byte) error {
	object, err := loose.Object(payload)
	if err != nil {
		return err
	}
	var at gjson.Result
	object.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "topic":
			if e.path == "" {
				e.path = camera.Plain(value.Str)
			}
		case "timestamp":
			at = value
		case "serial":
			e.serial = value.Str
		case "message":
			value.ForEach(func(key, value gjson.Result) bool {
				switch key.Str {
				case "source":
					e.source = value
				case "data":
					e.data = value
				}
				return true
			})
		}
		return true
	})
	e.at, err = moment(at)
	return err
}

// moment reads a time, which may be absent: it is then zero.
func moment(v gjson.Result) (time.Time, error) {
	if !loose.There(v) {
		return time.Time{}, nil
	}
	at, err := loose.Time(v, time.UTC)
	return at, loose.Field("timestamp", err)
}

// flag reads an item of the data that is true or false.
func (e *event) flag(name string) (bool, error) {
	v := member(e.data, name)
	if !loose.There(v) {
		return false, loose.Field(name, loose.ErrMissing)
	}
	b, err := loose.Bool(v)
	return b, loose.Field(name, err)
}

// from returns an item of the source: from the payload, or else from the topic.
func (e *event) from(name string) string {
	if text, err := loose.Text(member(e.source, name)); err == nil && text != "" {
		return text
	}
	rest := e.sources
	for rest != "" {
		var key, value string
		key, rest, _ = strings.Cut(rest, "/")
		value, rest, _ = strings.Cut(rest, "/")
		if key == name {
			return value
		}
	}
	return ""
}

func member(object gjson.Result, name string) (found gjson.Result) {
	object.ForEach(func(key, value gjson.Result) bool {
		if key.Str == name {
			found = value
		}
		return !found.Exists()
	})
	return found
}
