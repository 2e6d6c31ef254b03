package ingest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
)

func TestMessageThatCannotBeKeptAsAnObservationIsQuarantined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ topic, payload, code, subsystem, reason string }{
		{"ioc/v1/nobody/loc-005/cam-017/health", health, ingest.Unroutable, "", `no subsystem owns topic "ioc/v1/nobody/loc-005/cam-017/health"`},
		{camera + "health", `{"stream":"ok"}`, ingest.Malformed, "trafficsafety", `field "ts" is missing`},
		{camera + "health", strings.Replace(health, `:25`, `:"25"`, 1), ingest.Malformed, "trafficsafety", `field "fps": want a number, got a string`},
		{camera + "health", "\xff\x00garbage", ingest.Malformed, "trafficsafety", `not JSON`},
		{camera + "availability", ``, ingest.Malformed, "trafficsafety", `online or offline`},
		{"ioc/v1/trafficsafety/loc-005/cam-099/health", health, ingest.Unregistered, "trafficsafety", `no device "cam-099" is registered; the topic places it at location "loc-005"`},
		{"ioc/v1/trafficsafety/loc-006/cam-017/health", health, ingest.Misplaced, "trafficsafety", `device "cam-017" is registered at location "loc-005", not "loc-006"`},
		{"ioc/v1/trafficsafety/loc-005/other-1/health", health, ingest.Misplaced, "trafficsafety", `device "other-1" belongs to subsystem "other"`},
		{"ioc/v1/trafficsafety/loc-099/cam-017/incident", incident, ingest.UnknownLocation, "trafficsafety", `no location "loc-099" is registered`},
		{camera + "health", strings.Repeat(" ", 256<<10) + health, ingest.Oversize, "trafficsafety", `the payload has 262209 bytes, at most 262144 are read`},
		{faultyTopic, "panic", ingest.Panicked, "faulty", `fault of the program`},
		{faultyTopic, "nan", ingest.Malformed, "faulty", `reading "x" is not finite`},
		{faultyTopic, "timeless", ingest.Malformed, "faulty", `without a time`},
		{faultyTopic, "kindless", ingest.Malformed, "faulty", `without a kind`},
		{faultyTopic, "anonymous", ingest.Malformed, "faulty", `without an id`},
	} {
		d := setup(t)
		d.run(t.Context())
		d.send(c.topic, c.payload)
		entries := d.finish(t)
		if len(entries) != 1 || entries[0].Rejection == nil || !entries[0].At.Equal(morning) {
			t.Errorf("%s %.40q: got %+v", c.topic, c.payload, entries)
			continue
		}
		r := entries[0].Rejection
		if r.Code != c.code || r.Subsystem != c.subsystem || r.Topic != c.topic || !strings.Contains(r.Reason, c.reason) {
			t.Errorf("%s %.40q: got %s, %q, %q, %q", c.topic, c.payload, r.Code, r.Subsystem, r.Topic, r.Reason)
		}
		if got := d.seal.unseal(t, r.Sealed); got != c.payload[:min(len(c.payload), 256<<10)] {
			t.Errorf("%s: sealed %.40q", c.topic, got)
		}
		if len(d.acked) != 1 || d.counts.of(c.subsystem+"/"+c.code) != 1 {
			t.Errorf("%s: %d acknowledged, counted %v", c.topic, len(d.acked), d.counts.messages)
		}
	}
}

const (
	faultyTopic = "ioc/v1/faulty/loc-005/faulty-1/x"
	incident    = `{"ts":"2026-11-23T08:14:59+07:00","id":"i-1","state":"started","type":"accident"}`
)

func TestEventNeedsAKnownLocationOnly(t *testing.T) {
	t.Parallel()
	for topic, device := range map[string]string{
		"ioc/v1/trafficsafety/loc-005/cam-017/incident": "cam-017",
		"ioc/v1/trafficsafety/loc-005/desk-3/incident":  "", // nobody registered it
		"ioc/v1/trafficsafety/loc-006/cam-017/incident": "", // registered elsewhere: the place counts
	} {
		d := setup(t)
		d.run(t.Context())
		d.send(topic, incident)
		entries := d.finish(t)
		if len(entries) != 1 || entries[0].Observation == nil || entries[0].Observation.Device != device ||
			entries[0].Observation.Location != strings.Split(topic, "/")[3] {
			t.Errorf("%s: got %+v", topic, entries)
		}
	}
}

func TestRejectionCanBeShownAndStored(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	long := strings.Repeat("ệ", 60000)
	d.send("ioc/v1/"+long+"\x00\xff", "\x00\xff"+long)
	d.send("ioc/v1/trafficsafety/"+long+"/"+long+"/health", health)
	d.send("ioc/v1/trafficsafety/"+long+"/"+long+"/incident", incident)
	for _, e := range d.finish(t) {
		r := e.Rejection
		for name, text := range map[string]string{"topic": r.Topic, "shown": r.Shown, "reason": r.Reason} {
			if text == "" || len(text) > 4<<10 || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("%s: %d bytes, %.80q", name, len(text), text)
			}
		}
	}
}

// everything is all that is written of entries, in more than one form.
func everything(t *testing.T, entries []city.Entry) string {
	t.Helper()
	form, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	all := string(form)
	for _, e := range entries {
		if e.Observation != nil {
			all += fmt.Sprintf("%+v", *e.Observation)
			if e.Observation.Event != nil {
				all += fmt.Sprintf("%+v %s", *e.Observation.Event, e.Observation.Event.Plate.Sealed)
			}
		}
		if e.Rejection != nil {
			all += fmt.Sprintf("%+v %s", *e.Rejection, e.Rejection.Sealed)
		}
	}
	return all
}

func TestPlateOfAViolationIsSealed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(camera+"violation", `{"ts":"2026-11-23T08:14:59+07:00","id":"v-1","type":"speeding","plate":"19A-123.45"}`)
	d.send(camera+"violation", `{"ts":"2026-11-23T08:14:59+07:00","id":"v-2","type":"speeding","plate":"1234"}`)
	d.send(camera+"violation", `{"ts":"2026-11-23T08:14:59+07:00","id":"v-3","type":"speeding"}`)
	entries := d.finish(t)
	if len(entries) != 3 {
		t.Fatalf("got %+v", entries)
	}
	for i, want := range []city.Plate{{Masked: "19******45", Clear: "19A-123.45"}, {Masked: "****", Clear: "1234"}} {
		got := entries[i].Observation.Event.Plate
		if got.Masked != want.Masked || got.Clear != "" || d.seal.unseal(t, got.Sealed) != want.Clear {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if p := entries[2].Observation.Event.Plate; p.Masked != "" || p.Sealed != nil {
		t.Errorf("a plate out of nothing: %+v", p)
	}
	if all := everything(t, entries); strings.Contains(all, "19A-123.45") || strings.Contains(all, "A-123") {
		t.Errorf("the plate is in clear: %s", all)
	}
}

func TestPlateIsNeverInClearInAnyEntry(t *testing.T) {
	t.Parallel()
	const secret = "XQ7ZW3V"
	const local = "19A-123.45"
	violation := camera + "violation"
	for _, payload := range []string{
		`{"ts":"x","plate":"` + secret + `"}`,
		`{"plate":"` + secret + `"`,
		`{"plate":"` + secret,
		`{'plate':'` + secret + `'}`,
		`{plate:` + secret + `,x:1}`,
		`{"License_Plate" : "` + secret + `", "fps":1}`,
		`{"licensePlateText":["` + secret + `"]}`,
		`{"plate":{"text":"` + secret + `","confidence":0.9}}`,
		`{"plate":[["a"],"` + secret + `"`,
		`{"data":"{\"plate\":\"` + secret + `\"}"}`,
		`{"plate":"a\"` + secret + `"}`,
		`{"pl\u0061te":"` + secret + `"}`,
		`{"plate":"XQ7\u005aW3V"}`,
		`{"bien_so":"` + secret + `"}`,
		`{"biển số":"` + secret + `"}`,
		`{"SimpleItem":[{"Name":"PlateNumber","Value":"` + secret + `"}]}`,
		`{"SimpleItem":[{"Name" : "LicensePlate" , "Value" : "` + secret + `"`,
		`{"SimpleItem":[{"Value":"` + secret + `","Name":"PlateNumber"}]}`,
		`{"SimpleItem":[{"Value":"a","Name":"Lane"},{"Value" : "` + secret + `" , "Name" : "LicensePlate"}`,
		`{"SimpleItem":[{"Value":"` + secret + `","Type":"xs:string","Name":"PlateNumber"}`,
		`{"value":1,"plate":["a","name=plate","` + secret + `"]}`,
		`{"At":{"x":1},"Value":"` + secret + `","Name":"PlateNumber"}`,
		`{"data":"{\"value\":\"` + secret + `\",\"name\":\"bien_so\"}"}`,
		`{"SimpleItem":[{"Value":"` + secret + `",` + strings.Repeat(" ", 4<<10) + `"Name":"PlateNumber"}]}`,
		`{"SimpleItem":[{"Value":"` + secret,
		`<SimpleItem Name="PlateNumber" Value="` + secret + `"/>`,
		`<SimpleItem Value="` + secret + `" Name="PlateNumber"/>`,
		`<event><plate>` + secret + `</plate></event>`,
		`id=7&plate=` + secret + `&x=1`,
		strings.Repeat(" ", 4<<10-14) + `{"plate":"` + secret + `"}`,
		strings.Repeat(" ", 300<<10) + `{"plate":"` + secret + `"}`,
		`{"plate":"` + secret + `",` + strings.Repeat(" ", 300<<10),
		`speeding ` + local + ` at noon`,
		`{"text":"` + local + `"}`,
		`{"ts":"` + local + `"}`,
		`{"ts":"2026-11-23T08:14:59+07:00","id":"v","type":"` + local + `"}`,
		`{"ts":"2026-11-23T08:14:59+07:00","id":"v","type":"speeding","plate":"` + strings.Repeat(secret, 9) + `"}`,
		`{"ts":"2026-11-23T08:14:59+07:00","id":"v","type":"speeding","plate":"` + secret + `","plate":"` + secret + `"}`,
	} {
		for _, topic := range []string{violation, camera + "incident", "ioc/v1/nobody", "ioc/v1/trafficsafety/loc-099/cam-1/violation"} {
			d := setup(t)
			d.run(t.Context())
			d.send(topic, payload)
			entries := d.finish(t)
			if len(entries) != 1 || entries[0].Rejection == nil {
				t.Errorf("%.80s: got %+v", payload, entries)
				continue
			}
			r := entries[0].Rejection
			if all := everything(t, entries); strings.Contains(all, secret) || strings.Contains(all, local) {
				t.Errorf("%.80s on %s: the plate is in clear", payload, topic)
			}
			for _, part := range []string{"XQ7", "W3V", "A-123"} {
				if strings.Contains(r.Shown+r.Reason, part) {
					t.Errorf("%.80s on %s: %q is in clear: %.200q, %q", payload, topic, part, strings.TrimSpace(r.Shown), r.Reason)
				}
			}
		}
	}
}

func TestTextsThatRepeatThePlateAreMasked(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(faultyTopic, "talkative")
	e := d.finish(t)[0].Observation.Event
	if e.Title != "Xe 19******45" || e.Description != "Xe 19******45 quá tốc độ" {
		t.Errorf("got %q, %q", e.Title, e.Description)
	}
}

func TestPanicIsLoggedWithoutWhatTheMessageSaid(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(faultyTopic, "panic")
	d.finish(t)
	log := d.logged.String()
	if !strings.Contains(log, "index out of range") || !strings.Contains(log, "subsystem=faulty") || strings.Contains(log, "123.45") {
		t.Errorf("logged %s", log)
	}
}

func TestWhatIsNotAPlateIsShown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(camera+"violation", `{"id":"v-1","plate":"19A-123.45","speed_kmh":83,"note":"ng\u00e3 t\u01b0"}`)
	d.send(camera+"violation", `{"items":[{"Value":"XQ7","Name":"PlateNumber"},{"Value":"left","Name":"Lane"}],"value":83}`)
	entries := d.finish(t)
	for i, want := range []string{
		`{"id":"v-1","plate":"***-***.**","speed_kmh":83,"note":"ngã tư"}`,
		`{"items":[{"Value":"***","Name":"PlateNumber"},{"Value":"left","Name":"Lane"}],"value":83}`,
	} {
		if got := entries[i].Rejection.Shown; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
