package notify_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/notify"
)

func factories() []notify.Factory {
	type settings struct {
		URL string `json:"url"`
	}
	return []notify.Factory{notify.Define("hook", "", settings{}, func(notify.Environment, settings) (notify.Channel, error) {
		return &recorder{}, nil
	})}
}

func read(channels, routes, calendars string) (*notify.Config, error) {
	section := notify.Section{}
	for text, into := range map[*json.RawMessage]string{&section.Channels: channels, &section.Routes: routes, &section.Calendars: calendars} {
		if into != "" {
			*text = json.RawMessage(into)
		}
	}
	return notify.Read(section, factories(), notify.Environment{Zone: zone()})
}

func TestEveryFaultIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	_, err := read(
		`[{"name":"a","kind":"hook"},{"name":"a","kind":"hook"},{"name":"b","kind":"sms"},{"name":"c","kind":"hook","settings":{"ulr":"x"}},
			{"name":"D e","kind":"hook"},{"name":"f","kind":"hook","timeout":"5"},{"name":"g","kind":"hook","tiemout":"5s"}]`,
		`[{"name":"r","channels":["a","z"]},{"name":"r","channels":"a"},{"name":"s","channels":"a","match":{"severity":"bad","lvl":1}},
			{"name":"t","channels":"a","match":{"severity":"bad"},"group_by":"ward","during":"noon"},{"name":"u"},
			{"name":"v","channels":"a","group_wait":"10"},{"name":"w","channels":"a","repeat_interval":"1s"},{"name":"x","channels":7}]`,
		`{"day":{"days":"monday"},"night":{"from":"7pm"},"late":{"exceptions":{"2026-9-2":"off"}},"early":{"exceptions":{"2026-09-02":"closed"}}}`)
	if err == nil {
		t.Fatal("it is accepted")
	}
	for _, want := range []string{
		`channels[1] (a): name: another channel has it`, `channels[2] (b): kind: "sms" is none of hook`,
		`channels[3] (c): settings: unknown key "ulr"`, `channels[4]: name: "D e" is no name`, `channels[5] (f): timeout: "5" is no duration`,
		`channels[6] (g): unknown key "tiemout"`,
		`routes[0] (r): channels: there is no channel "z"`, `routes[1] (r): name: another route has it`,
		`routes[2] (s): unknown key "match/lvl"`, `routes[3] (t): match: severity: "bad" is neither`,
		`routes[3] (t): group_by: "ward" is none of`, `routes[3] (t): during: there is no calendar "noon"`,
		`routes[4] (u): "channels" is missing`, `routes[5] (v): group_wait: "10" is no duration`,
		`routes[6] (w): repeat_interval: it is shorter than 1m`, `routes[7] (x): channels: want a name or a list of names`,
		`calendars: day: days: "monday" is no day`, `calendars: night: from: "7pm" is no time of day`,
		`calendars: late: exceptions: "2026-9-2" is no date`, `calendars: early: exceptions/2026-09-02: "closed" is neither off nor on`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestAKindThatIsThereTwiceIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := notify.Read(notify.Section{}, append(factories(), factories()...), notify.Environment{}); err == nil || !strings.Contains(err.Error(), `"hook"`) {
		t.Errorf("got %v", err)
	}
}

func TestWhatLooksLikeAMistakeIsDoubted(t *testing.T) {
	t.Parallel()
	c, err := read(`[{"name":"a","kind":"hook"},{"name":"b","kind":"hook"}]`, `[
		{"name":"critical","match":{"severity":"critical"},"channels":"a"},
		{"name":"traffic","match":{"severity":["critical"],"subsystem":"traffic"},"channels":"a"},
		{"name":"day","during":"day","channels":"a"},
		{"name":"day-roads","during":"day","match":{"area":"nowhere"},"channels":"a"},
		{"name":"all","channels":"a"}]`, `{"day":{"from":"07:00","to":"19:00"}}`)
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(string) bool { return false }
	want := []string{
		`route "traffic" can never take an alarm: "critical" before it takes all of them, and does not continue`,
		`route "traffic" waits for alarms of the subsystem "traffic", which is not known`,
		`route "day-roads" can never take an alarm: "day" before it takes all of them, and does not continue`,
		`route "day-roads" waits for alarms of the area "nowhere", which is not known`,
		`channel "b" is used by no route`,
	}
	if diff := cmp.Diff(want, c.Doubts(notify.Known{Subsystem: nothing, Area: nothing})); diff != "" {
		t.Error(diff)
	}
}

func TestAShiftIsOnDutyByTheCivicClock(t *testing.T) {
	t.Parallel()
	c, err := read("", "", `{
		"day":    {"days":"mon-fri","from":"07:00","to":"19:00","exceptions":{"2026-09-02":"off","2026-09-05":"on","2026-12-31":"07:00-12:00"}},
		"night":  {"days":["mon-fri"],"from":"19:00","to":"07:00","exceptions":{"2026-09-02":"off"}},
		"weekend":{"days":["sat","sun"]},
		"turn":   {"days":"fri-mon","from":"00:00","to":"24:00"}}`)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-09-01T06:59": "night", // a Tuesday, still Monday's night
		"2026-09-01T07:00": "day",
		"2026-09-01T18:59": "day",
		"2026-09-01T19:00": "night",
		"2026-09-02T03:00": "night", // the night before the holiday goes on
		"2026-09-02T12:00": "",
		"2026-09-02T23:00": "",
		"2026-09-03T03:00": "",                 // the holiday had no night
		"2026-09-05T12:00": "day weekend turn", // a Saturday that is worked
		"2026-09-06T12:00": "weekend turn",
		"2026-09-07T23:59": "night turn",
		"2026-09-08T00:00": "night",
		"2026-12-31T11:59": "day",
		"2026-12-31T12:00": "",
	} {
		moment, err := time.ParseInLocation("2006-01-02T15:04", at, zone())
		if err != nil {
			t.Fatal(err)
		}
		var on []string
		for _, name := range []string{"day", "night", "weekend", "turn"} {
			calendar := c.Routing.Calendars[name]
			if calendar.On(moment) {
				on = append(on, name)
			}
		}
		if got := strings.Join(on, " "); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func FuzzConfigurationNeverPanics(f *testing.F) {
	f.Add(`[{"name":"a","kind":"hook","settings":{"url":"x"}}]`, `[{"name":"r","channels":"a","match":{"area":["x"]}}]`, `{"day":{"days":"mon-fri","from":"07:00","to":"24:00","exceptions":{"2026-09-02":"off"}}}`)
	f.Add(`[]`, `[{}]`, `{"a":{"days":["sun-sat"]}}`)
	f.Fuzz(func(_ *testing.T, channels, routes, calendars string) {
		c, err := read(channels, routes, calendars)
		if err != nil {
			return
		}
		_ = c.Doubts(notify.Known{})
		for _, calendar := range c.Routing.Calendars {
			calendar.On(time.Date(2026, 9, 2, 12, 0, 0, 0, zone()))
		}
	})
}
