package subsystemtest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// promises returns what an observation has that the Spec does not declare, or lacks that every
// observation must have.
//
// What a dialect says names its device, unless it is an event at a place; it may be of another kind
// than its topic, and may have readings that no Spec declares: they are kept raw.
func promises(spec *subsystem.Spec, m subsystem.Message, o *city.Observation, foreign bool) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if foreign {
		if o.External == "" && m.Location == "" && (o.Event == nil || o.Event.Lat == nil || o.Event.Lon == nil) {
			fault("observation of no device and no place")
		}
		if o.Kind == "" {
			fault("observation of no kind")
		}
	} else if o.Kind != m.Kind {
		fault("observation of kind %q from a topic of kind %q", o.Kind, m.Kind)
	}
	switch {
	case o.ObservedAt.IsZero():
		fault("observation without a time")
	case o.Undated && !o.ObservedAt.Equal(m.ReceivedAt):
		fault("undated observation with a time other than that of its receipt")
	}
	if len(o.Readings) == 0 && len(o.States) == 0 && o.Event == nil && o.Indicator == nil && o.Announcement == nil {
		fault("observation that says nothing")
	}
	seen := make(map[string]bool)
	for _, r := range o.Readings {
		if !foreign && spec.Metric(r.Metric) == nil {
			fault("reading %q is not declared", r.Metric)
		}
		if seen[r.Metric] {
			fault("reading %q is given twice", r.Metric)
		}
		seen[r.Metric] = true
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			fault("reading %q is not finite", r.Metric)
		}
	}
	for _, s := range o.States {
		if seen[s.Name] {
			fault("state %q is given twice", s.Name)
		}
		seen[s.Name] = true
		faults = append(faults, stated(spec, s, foreign)...)
	}
	if o.Event != nil {
		faults = append(faults, happened(o.Event)...)
	}
	if o.Indicator != nil {
		faults = append(faults, indicated(spec, o.Indicator)...)
	}
	return faults
}

// indicated returns what is wrong with an indicator's figure.
func indicated(spec *subsystem.Spec, i *city.Indicator) []error {
	declared := spec.Indicator(i.Code)
	if declared == nil {
		return []error{fmt.Errorf("indicator %q is not declared", i.Code)}
	}
	var faults []error
	if period, _, _, err := subsystem.ParsePeriod(i.Period, time.UTC); err != nil {
		faults = append(faults, err)
	} else if period != declared.Period {
		faults = append(faults, fmt.Errorf("indicator %q is told for the %s %s, and declared by the %s", i.Code, period, i.Period, declared.Period))
	}
	if math.IsNaN(i.Value) || math.IsInf(i.Value, 0) {
		faults = append(faults, fmt.Errorf("indicator %q is not finite", i.Code))
	}
	if (i.Numerator == nil) != (i.Denominator == nil) || (i.Numerator != nil && !declared.Ratio()) {
		faults = append(faults, fmt.Errorf("indicator %q with half of its parts, or with parts though it is no ratio", i.Code))
	}
	return faults
}

// stated returns what is wrong with a state. Availability means the same in every subsystem. A word
// that is not listed is kept and judged as nothing, so a dialect may have its own.
func stated(spec *subsystem.Spec, s city.State, foreign bool) []error {
	if s.Name == city.AvailabilityState {
		if s.Value != city.Online && s.Value != city.Offline {
			return []error{fmt.Errorf("availability is %q", s.Value)}
		}
		return nil
	}
	declared := spec.State(s.Name)
	switch {
	case declared == nil:
		return []error{fmt.Errorf("state %q is not declared", s.Name)}
	case len(declared.Words) == 0 || foreign:
		return nil
	case !slices.ContainsFunc(declared.Words, func(w subsystem.Word) bool { return w.Value == s.Value }):
		return []error{fmt.Errorf("state %s=%q is not declared", s.Name, s.Value)}
	}
	return nil
}

// happened returns what is wrong with an event.
func happened(e *city.Event) []error {
	var faults []error
	if e.ID == "" {
		faults = append(faults, fmt.Errorf("event without an id"))
	}
	if e.Type == "" {
		faults = append(faults, fmt.Errorf("event without a type"))
	}
	switch e.Phase {
	case city.Started, city.Updated, city.Ended, city.Instant:
	default:
		faults = append(faults, fmt.Errorf("event in phase %q", e.Phase))
	}
	for _, number := range []*float64{e.Lat, e.Lon, e.SpeedKmh, e.LimitKmh} {
		if number != nil && (math.IsNaN(*number) || math.IsInf(*number, 0)) {
			faults = append(faults, fmt.Errorf("event with a number that is not finite"))
		}
	}
	if e.Plate.Masked != "" || e.Plate.Sealed != nil {
		faults = append(faults, fmt.Errorf("event with a plate that the decoder masked or sealed; ingest does"))
	}
	return faults
}
