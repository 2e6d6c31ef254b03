package alarm

import (
	"slices"
	"time"

	"opscenter/internal/city"
)

// Rule says when a condition becomes an alarm, and what then.
type Rule struct {
	Off      bool          // it never does
	Severity city.Severity // empty: as the condition was judged
	OnDelay  time.Duration // it must be bad for that long
	OffDelay time.Duration // and good for that long
	Escalate time.Duration // after which an alarm that nobody acknowledged is escalated; 0: never
}

// Rules finds the Rule of a condition: the first of Overrides that matches changes the Default of its
// reason.
type Rules struct {
	Overrides []Override
	Escalate  time.Duration // of critical alarms where nothing else is said; 0: never
}

// Override changes the rule of the conditions that it matches. Empty fields match all, nil fields
// change nothing.
type Override struct {
	Subsystem string
	Kind      string // of device: camera.ptz; camera stands for every kind of camera
	Reason    city.Reason

	Off      *bool
	Severity *city.Severity
	OnDelay  *time.Duration
	OffDelay *time.Duration
	Escalate *time.Duration
}

// Delays of the field: a camera that is offline is one after 30 to 60 s and back after 15 to 30 s, an
// image that was tampered with after 5 to 10 s (secondary sources on ISA-18.2 in video surveillance).
// What is silent was given three cadences already.
const (
	delayOn    = 30 * time.Second
	delayImage = 10 * time.Second
	delayOff   = 15 * time.Second
)

// Default returns the rule of a reason where nothing is configured. Silence is critical: whether the
// device works is not known, and somebody must look.
func Default(reason city.Reason) Rule {
	r := Rule{OnDelay: delayOn, OffDelay: delayOff}
	tampered := []city.Reason{"obscured", "moved", "defocus", "dark", "frozen"}
	if reason == city.ReasonSilent {
		r.OnDelay, r.Severity = 0, city.SeverityCritical
	} else if slices.Contains(tampered, reason) {
		r.OnDelay = delayImage
	}
	return r
}

// For returns the rule of a condition of a subsystem and a kind of device.
func (r *Rules) For(s *Source, c *Condition) Rule {
	rule := Default(c.Reason)
	if s.Instant {
		rule.OnDelay, rule.OffDelay = 0, 0
	}
	severity := c.Severity
	if rule.Severity != "" {
		severity = rule.Severity
	}
	if severity == city.SeverityCritical {
		rule.Escalate = r.Escalate
	}
	for i := range r.Overrides {
		if o := &r.Overrides[i]; o.matches(s, c.Reason) {
			o.change(&rule)
			break
		}
	}
	return rule
}

func (o *Override) matches(s *Source, reason city.Reason) bool {
	kind := o.Kind == "" || o.Kind == s.Kind || len(s.Kind) > len(o.Kind) && s.Kind[:len(o.Kind)+1] == o.Kind+"."
	return kind && (o.Subsystem == "" || o.Subsystem == s.Subsystem) && (o.Reason == "" || o.Reason == reason)
}

func (o *Override) change(r *Rule) {
	set(&r.Off, o.Off)
	set(&r.Severity, o.Severity)
	set(&r.OnDelay, o.OnDelay)
	set(&r.OffDelay, o.OffDelay)
	set(&r.Escalate, o.Escalate)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}
