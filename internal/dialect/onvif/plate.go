package onvif

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
)

// maxPlate bounds a plate, in characters.
const maxPlate = 32

// plate reads a recognised number plate. The plate stands in the event alone: neither its id nor an
// error bears it, nor anything that it could be guessed from.
func plate(e *event, o *city.Observation) error {
	v := item(e.data, "LicensePlateInfo")
	if v.IsObject() {
		v = item(v, "PlateNumber")
	} else {
		v = item(e.data, "PlateNumber")
	}
	text, err := characters(v)
	if err != nil {
		return loose.Field("PlateNumber", err)
	}
	o.Kind = camera.Recognition
	o.Event = &city.Event{ID: identify(e, o, "plate"), Type: camera.PlateSeen, Phase: city.Instant, Plate: city.Plate{Clear: text}}
	return nil
}

// characters returns the text of an element: as it stands, or, where the element has attributes,
// which begin with @, as the member that is none.
func characters(v gjson.Result) (string, error) {
	if v.IsObject() {
		var inner gjson.Result
		v.ForEach(func(key, value gjson.Result) bool {
			if !strings.HasPrefix(key.Str, "@") {
				inner = value
			}
			return !inner.Exists()
		})
		v = inner
	}
	if !loose.There(v) {
		return "", loose.ErrMissing
	}
	text, err := loose.Text(v)
	switch {
	case err != nil:
		return "", errors.New("it is not a text") // which Text would quote
	case text == "":
		return "", loose.ErrMissing
	case utf8.RuneCountInString(text) > maxPlate:
		return "", fmt.Errorf("it has more than %d characters", maxPlate)
	}
	return strings.Clone(text), nil
}

// identify makes the id of an event that has none: the same for every delivery, and different for
// another device, rule, object or time. An event without a time of its own and without an object
// takes that of its receipt.
func identify(e *event, o *city.Observation, what string) string {
	object := item(e.data, "ObjectId").Raw
	at := o.ObservedAt.UnixNano()
	if o.Undated && object != "" {
		at = 0
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%d\x00%s", o.External, e.topic, at, object)
	return fmt.Sprintf("%s-%016x", what, h.Sum64())
}
