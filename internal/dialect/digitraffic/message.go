package digitraffic

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

const kindIncident = "incident"

// maxMessage bounds a message when it is unpacked, in bytes: a small one can unpack to anything.
const maxMessage = 1 << 20

// Limits of the texts of an event, in characters, as in the center's own messages.
const (
	maxID          = 128
	maxTitle       = 256
	maxDescription = 4096
)

// message reads a traffic message. It becomes an event at the place that its geometry names; ingest
// finds the location nearest to it.
func message(m *subsystem.Message) (city.Observation, error) {
	text, err := unpack(m.Payload)
	if err != nil {
		return city.Observation{}, fmt.Errorf("%w: %w", subsystem.ErrPayload, err)
	}
	feature, err := loose.Object(text)
	if err != nil {
		return city.Observation{}, err
	}
	lat, lon, err := position(feature.Get("geometry"))
	if err != nil {
		return city.Observation{}, loose.Field("geometry", err)
	}
	p := feature.Get("properties")
	e, err := describe(p, m.Topic[strings.LastIndexByte(m.Topic, '/')+1:])
	if err != nil {
		return city.Observation{}, err
	}
	e.Lat, e.Lon = &lat, &lon
	o := city.Observation{Kind: kindIncident, Event: e, ObservedAt: m.ReceivedAt, Undated: true}
	for _, name := range []string{"versionTime", "releaseTime"} {
		if v := p.Get(name); loose.There(v) {
			if o.ObservedAt, err = loose.Time(v, time.UTC); err != nil {
				return city.Observation{}, loose.Field(name, err)
			}
			o.Undated = false
			break
		}
	}
	return o, nil
}

// unpack returns the text of a payload that was packed with gzip and written in base64.
func unpack(payload []byte) ([]byte, error) {
	packed, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(payload)))
	if err != nil {
		return nil, fmt.Errorf("not gzip in base64: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(packed, maxMessage+1))
	if err != nil {
		return nil, fmt.Errorf("not gzip in base64: %w", err)
	}
	if len(text) > maxMessage {
		return nil, fmt.Errorf("more than %d bytes when unpacked", maxMessage)
	}
	return text, nil
}

// describe reads the properties of a Feature; situation is what its topic says it is.
func describe(p gjson.Result, situation string) (*city.Event, error) {
	id := p.Get("situationId").String()
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' }
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, odd) {
		return nil, loose.Field("situationId", fmt.Errorf("want 1 to %d visible ASCII characters without a slash", maxID))
	}
	first := p.Get("announcements.0")
	e := &city.Event{
		ID:    id,
		Title: clip(first.Get("title").String(), maxTitle),
		Description: clip(strings.Trim(first.Get("location.description").String()+"\n"+first.Get("comment").String(), "\n"),
			maxDescription),
	}
	if v := first.Get("timeAndDuration.endTime"); loose.There(v) {
		due, err := loose.Time(v, time.UTC)
		if err != nil {
			return nil, loose.Field("endTime", err)
		}
		e.DueAt = due
	}
	var err error
	announcement := constant(p.Get("trafficAnnouncementType").String())
	e.Type, err = typeOf(constant(cmp.Or(p.Get("situationType").String(), situation)), announcement, first)
	e.Phase = phaseOf(announcement, p)
	return e, err
}

// constant writes an enumerated word as the interface's documentation does: it has been published as
// "traffic announcement" too.
func constant(word string) string {
	return strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(word)), " ", "_")
}

// phaseOf says where the event stands. What was retracted was never so, and is over as well.
func phaseOf(announcement string, p gjson.Result) city.Phase {
	switch {
	case announcement == "ENDED", announcement == "RETRACTED":
		return city.Ended
	case p.Get("version").Int() > 1:
		return city.Updated
	case !p.Get("version").Exists() && p.Get("releaseTime").String() != p.Get("versionTime").String():
		return city.Updated
	}
	return city.Started
}

// typeOf names what happens in the center's words where one is meant beyond doubt, and otherwise in
// the sender's: traffic_announcement, weight_restriction. That something was an accident must be told
// from its text once it has ended.
func typeOf(situation, announcement string, first gjson.Result) (string, error) {
	switch {
	case situation == "ROAD_WORK":
		return "roadworks", nil
	case announcement == "ACCIDENT_REPORT", announcement == "PRELIMINARY_ACCIDENT_REPORT",
		strings.Contains(strings.ToLower(first.Get("title").String()), "onnettomuu"): // accident, in Finnish
		return "accident", nil
	}
	slug := strings.ToLower(situation)
	if err := city.CheckID(slug); err != nil {
		return "", loose.Field("situationType", err)
	}
	return slug, nil
}

// clip returns at most that many characters of a text, none of which is a control character other
// than a line break or a tab. It does not share the message's memory, which is large.
func clip(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return strings.Clone(text)
}

// errNowhere is said of a geometry without a place.
var errNowhere = errors.New("want a geometry with coordinates; what has no place belongs to no location")
