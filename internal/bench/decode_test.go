package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

// decodes lets a function be a decoder.
type decodes func(m subsystem.Message) ([]city.Observation, error)

func (d decodes) Decode(m subsystem.Message) ([]city.Observation, error) { return d(m) }

// speaks is a dialect of which a prefix is all there is.
func speaks(id, prefix string, d decodes) subsystem.Dialect {
	return subsystem.Dialect{ID: id, Doc: "For tests.", Open: func(subsystem.Binding, json.RawMessage) (subsystem.Feed, error) {
		return subsystem.Feed{Topics: []subsystem.Topic{{Pattern: prefix + "/#", Kind: id, Doc: "All."}}, Decoder: d}, nil
	}}
}

func something(subsystem.Message) ([]city.Observation, error) {
	return make([]city.Observation, 1), nil
}

func decode(dialects ...subsystem.Dialect) Decode {
	return Decode{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}, Dialects: dialects, Time: time.Millisecond}
}

func TestDecodeMeasuresWhatThereIsAndSaysWhatThereIsNot(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := RunDecode(t.Context(), NewPrinter(&out, time.Now()), decode(speaks("axis", "axis", something))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\ntrafficsafety health ", "\ntrafficsafety violation ", "\naxis event ", "skipped: frigate status, since"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "skipped: axis") {
		t.Errorf("axis is skipped in:\n%s", out.String())
	}
}

func TestDecodeNamesTheSampleThatIsNotDecoded(t *testing.T) {
	t.Parallel()
	refused := func(subsystem.Message) ([]city.Observation, error) { return nil, errors.New("no such plate") }
	silent := func(subsystem.Message) ([]city.Observation, error) { return nil, nil }
	for want, d := range map[string]subsystem.Dialect{
		`frigate plate: topic "frigate/tracked_object_update": no such plate`: speaks("frigate", "frigate", refused),
		"ttn uplink: topic": speaks("ttn", "v3", silent),
		"ttn uplink: topic \"v3/river@ttn/devices/gauge-01/up\" is not the dialect's": speaks("ttn", "v4", something),
		`dialect "morse" has no sample`:                                               speaks("morse", "morse", something),
	} {
		o := decode(d)
		if _, _, err := o.work(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
}

func TestWhatGoesBeforeASampleIsHeardBeforeIt(t *testing.T) {
	t.Parallel()
	var heard []string
	o := decode(speaks("sparkplug", "spBv1.0", func(m subsystem.Message) ([]city.Observation, error) {
		heard = append(heard, strings.Split(m.Topic, "/")[2])
		return something(m)
	}))
	o.Only = "sparkplug data"
	work, _, err := o.work()
	if err != nil || len(work) != 1 || !strings.HasSuffix(work[0].message.Topic, "/DDATA/station-3/pump-1") {
		t.Fatalf("got %d, %v", len(work), err)
	}
	if got := strings.Join(heard[:3], " "); got != "NBIRTH DBIRTH DDATA" {
		t.Errorf("heard %s", got)
	}
	o.Only = "nothing of the kind"
	if _, _, err := o.work(); err == nil {
		t.Error("measuring nothing is no fault")
	}
}

func TestSamplesAreWhole(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, s := range samples() {
		if len(s.payload) == 0 || s.topic == "" || names[s.name()] {
			t.Errorf("%s: without topic or payload, or there twice", s.name())
		}
		names[s.name()] = true
	}
}
