package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// manifest is what declares a subsystem at run time. Numbers are in the metric's unit.
type manifest struct {
	ID         string              `json:"id"`
	Names      city.Names          `json:"names"`
	Doc        string              `json:"doc"`
	CadenceS   float64             `json:"cadence_s"`
	Metrics    []manifestMetric    `json:"metrics"`
	Indicators []manifestIndicator `json:"indicators"`
}

type manifestMetric struct {
	Name      string              `json:"name"`
	Names     city.Names          `json:"names"`
	Unit      string              `json:"unit"`
	Doc       string              `json:"doc"`
	Warning   *float64            `json:"warning"`
	Critical  *float64            `json:"critical"`
	Direction subsystem.Direction `json:"direction"` // the side of the thresholds that is bad
}

type manifestIndicator struct {
	Code      string              `json:"code"`
	Names     city.Names          `json:"names"`
	Unit      string              `json:"unit"`
	Doc       string              `json:"doc"`
	Period    subsystem.Period    `json:"period"`
	Scale     float64             `json:"scale"` // of a ratio: 100 for %
	Target    *float64            `json:"target"`
	Warning   *float64            `json:"warning"`
	Critical  *float64            `json:"critical"`
	Direction subsystem.Direction `json:"direction"` // the side of the thresholds that is bad
	CadenceS  float64             `json:"cadence_s"`
}

// Bounds of what a manifest declares.
const (
	maxManifest = 64 << 10 // bytes
	maxDeclared = 64       // metrics, and indicators
	maxCadence  = 366 * 24 * time.Hour
)

// ParseManifest reads the document that declares a subsystem at run time, and returns its Spec, for
// Standard. Its devices speak the kinds of Topics: availability and event, reading if it has metrics,
// indicator if it has indicators. A key that no manifest has is an error that names it, and so is
// everything that Spec.Check finds; texts of documentation may be left out.
func ParseManifest(document []byte) (subsystem.Spec, error) {
	if len(document) > maxManifest {
		return subsystem.Spec{}, fmt.Errorf("manifest: %d bytes, and at most %d are read", len(document), maxManifest)
	}
	var m manifest
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return subsystem.Spec{}, fmt.Errorf("manifest: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return subsystem.Spec{}, errors.New("manifest: there is more after the object")
	}
	spec, err := m.spec()
	if err == nil {
		err = spec.Check()
	}
	if err != nil {
		return subsystem.Spec{}, fmt.Errorf("manifest: %w", err)
	}
	return spec, nil
}

func (m *manifest) spec() (subsystem.Spec, error) {
	if len(m.Metrics) > maxDeclared || len(m.Indicators) > maxDeclared {
		return subsystem.Spec{}, fmt.Errorf("more than %d metrics or indicators", maxDeclared)
	}
	cadence, err := seconds(m.CadenceS)
	if err != nil {
		return subsystem.Spec{}, err
	}
	kinds := []string{Availability, Event}
	spec := subsystem.Spec{ID: m.ID, Names: m.Names, Doc: or(m.Doc, "Declared at run time by a manifest."), Cadence: cadence}
	for i := range m.Metrics {
		spec.Metrics = append(spec.Metrics, m.Metrics[i].declare())
	}
	for i := range m.Indicators {
		in, err := m.Indicators[i].declare()
		if err != nil {
			return subsystem.Spec{}, fmt.Errorf("indicator %q: %w", m.Indicators[i].Code, err)
		}
		spec.Indicators = append(spec.Indicators, in)
	}
	if len(m.Metrics) > 0 {
		kinds = append(kinds, Reading)
	}
	if len(m.Indicators) > 0 {
		kinds = append(kinds, Indicator)
	}
	spec.Topics = Topics(m.ID, kinds...)
	return spec, nil
}

func (m *manifestMetric) declare() subsystem.Metric {
	return subsystem.Metric{
		Name: m.Name, Names: m.Names, Unit: m.Unit, Doc: or(m.Doc, m.Names.EN), Warning: m.Warning, Critical: m.Critical,
		Direction: m.Direction, Reason: limit(m.Direction),
	}
}

func (m *manifestIndicator) declare() (subsystem.Indicator, error) {
	in := subsystem.Indicator{
		Code: m.Code, Names: m.Names, Unit: m.Unit, Doc: or(m.Doc, m.Names.EN), Period: m.Period, Scale: m.Scale,
		Target: m.Target, Warning: m.Warning, Critical: m.Critical, Reason: limit(m.Direction),
	}
	switch m.Direction {
	case subsystem.Above:
		in.Good = subsystem.Below
	case subsystem.Below:
		in.Good = subsystem.Above
	case "":
	default:
		return in, fmt.Errorf("direction %q is neither above nor below", m.Direction)
	}
	if m.CadenceS == 0 {
		return in, nil
	}
	var err error
	in.Cadence, err = seconds(m.CadenceS)
	return in, err
}

// limit is the reason that is given when a threshold of a manifest is passed.
func limit(bad subsystem.Direction) city.Reason {
	if bad == "" {
		return city.ReasonNone
	}
	return city.Reason(bad) + "_limit"
}

func seconds(s float64) (time.Duration, error) {
	if !(s > 0) || s > maxCadence.Seconds() {
		return 0, fmt.Errorf("cadence_s %v: want more than 0 and at most a year", s)
	}
	return time.Duration(s * float64(time.Second)), nil
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
