package config

import (
	"errors"
	"fmt"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Alarms is how a center decides about alarms, where it is not as usual.
type Alarms struct {
	Hold          *Duration   `json:"hold"`           // how long devices of one location are gathered into one alarm
	Settle        *Duration   `json:"settle"`         // how long children are given after their parent is back
	Devices       int         `json:"devices"`        // that make an alarm of a location
	Operators     int         `json:"operators"`      // at work
	EscalateAfter *Duration   `json:"escalate_after"` // critical alarms that nobody acknowledged
	Rules         []AlarmRule `json:"rules"`
	Thresholds    []Threshold `json:"thresholds"`
}

// AlarmRule changes what is done about the conditions that it matches; the first that matches counts.
type AlarmRule struct {
	Subsystem string `json:"subsystem"`
	Kind      string `json:"kind"`
	Reason    string `json:"reason"`

	Off           *bool     `json:"off"`
	Severity      *string   `json:"severity"`
	OnDelay       *Duration `json:"on_delay"`
	OffDelay      *Duration `json:"off_delay"`
	EscalateAfter *Duration `json:"escalate_after"`
}

// Threshold changes how a metric is judged.
type Threshold struct {
	Subsystem string   `json:"subsystem"`
	Metric    string   `json:"metric"`
	Warning   *float64 `json:"warning"`
	Critical  *float64 `json:"critical"`
	DeadBand  *float64 `json:"dead_band"`
}

func (a *Alarms) check() error {
	var faults []error
	if a.Devices != 0 && a.Devices < 2 {
		faults = append(faults, fmt.Errorf("%s: devices: %d is less than 2", alarmsKey, a.Devices))
	}
	if a.Operators < 0 {
		faults = append(faults, fmt.Errorf("%s: operators: %d is less than 1", alarmsKey, a.Operators))
	}
	for i := range a.Rules {
		r := &a.Rules[i]
		if s := r.Severity; s != nil && *s != string(city.SeverityWarning) && *s != string(city.SeverityCritical) {
			faults = append(faults, fmt.Errorf("%s: rules[%d]: severity %q is neither warning nor critical", alarmsKey, i, *s))
		}
	}
	for i := range a.Thresholds {
		t := &a.Thresholds[i]
		if t.Subsystem == "" || t.Metric == "" {
			faults = append(faults, fmt.Errorf("%s: thresholds[%d]: want subsystem and metric", alarmsKey, i))
		}
	}
	return errors.Join(faults...)
}

// Config returns the settings for a desk.
func (a *Alarms) Config() alarm.Config {
	c := alarm.Config{Least: a.Devices, Operators: a.Operators}
	c.Hold, c.Settle = a.Hold.or(0), a.Settle.or(0)
	c.Rules.Escalate = a.EscalateAfter.or(escalateAfter)
	for i := range a.Rules {
		r := &a.Rules[i]
		o := alarm.Override{
			Subsystem: r.Subsystem, Kind: r.Kind, Reason: city.Reason(r.Reason), Off: r.Off,
			OnDelay: (*time.Duration)(r.OnDelay), OffDelay: (*time.Duration)(r.OffDelay), Escalate: (*time.Duration)(r.EscalateAfter),
		}
		if r.Severity != nil {
			severity := city.Severity(*r.Severity)
			o.Severity = &severity
		}
		c.Rules.Overrides = append(c.Rules.Overrides, o)
	}
	return c
}

// escalateAfter is when a critical alarm that nobody acknowledged is escalated, unless configured.
const escalateAfter = 15 * time.Minute

func (d *Duration) or(otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return time.Duration(*d)
}

// Overrides returns the thresholds that are configured.
func (a *Alarms) Overrides() []subsystem.Threshold {
	var list []subsystem.Threshold
	for _, t := range a.Thresholds {
		list = append(list, subsystem.Threshold(t))
	}
	return list
}
