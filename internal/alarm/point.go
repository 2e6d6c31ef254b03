package alarm

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"opscenter/internal/city"
)

// Point is one thing that may raise an alarm, from when it was bad first until nothing of it needs to
// be remembered. Its exported fields are its state; only a Desk writes them.
type Point struct {
	Source

	// The condition, evaluated all along, whatever people are told of it.
	Bad      bool          `json:"bad,omitempty"`
	Since    Micros        `json:"since"` // of Bad
	Severity city.Severity `json:"severity,omitempty"`
	Reason   city.Reason   `json:"reason,omitempty"`
	Turned   Micros        `json:"turned,omitempty"` // when Severity or Reason became another
	On       bool          `json:"on,omitempty"`     // Bad for as long as the delays ask
	Flaps    flaps         `json:"flaps,omitempty"`
	Flapping bool          `json:"flapping,omitempty"`

	// What keeps it from people.
	Severed bool   `json:"severed,omitempty"` // what it hangs on is down
	Service bool   `json:"service,omitempty"` // maintenance
	Grace   Micros `json:"grace,omitempty"`   // until then it is given to come back, after either
	Held    bool   `json:"held,omitempty"`    // it waits for others at its location
	Member  bool   `json:"member,omitempty"`  // the alarm of its location speaks for it
	Stands  int    `json:"stands,omitempty"`  // devices that the alarm of a location speaks for

	// The alarm; nil: none is on the list.
	Alarm    *city.Alarm `json:"alarm,omitempty"`
	N        int         `json:"n,omitempty"`        // its transitions so far
	Escalate Micros      `json:"escalate,omitempty"` // when it is escalated; 0: never
	Raised   Micros      `json:"raised,omitempty"`   // when it came on the list

	rule    Rule
	counted contribution
	timer   timer
	gone    bool // nothing holds it any more
}

// Gone reports whether the Desk has let go of the point: a new one must be made for its source.
func (p *Point) Gone() bool { return p.gone }

// on reports whether there is something to be told: while it flaps there is, whatever it is just now.
func (p *Point) on() bool { return p.On || p.Flapping }

func (p *Point) active() bool { return p.Alarm != nil && p.Alarm.State == city.AlarmActive }

func (p *Point) shelved() bool { return p.Alarm != nil && !p.Alarm.ShelvedUntil.IsZero() }

// suppressed reports whether something else speaks for it.
func (p *Point) suppressed(now Micros) bool {
	return p.Severed || p.Member || now < p.Grace && !p.Service
}

func (p *Point) groupable() bool { return p.Facet == facetLink && p.Device != "" }

// candidate reports whether the point may become part of an alarm of its location: it is bad, and
// nobody was told of it.
func (p *Point) candidate(now Micros) bool {
	return (p.Bad || p.on()) && !p.active() && !p.suppressed(now) && !p.Service && !p.shelved()
}

// idle reports whether nothing of the point needs to be remembered.
func (p *Point) idle(now Micros) bool {
	return p.Alarm == nil && !p.Bad && !p.on() && !p.Held && !p.Member && p.Flaps == 0 && now >= p.Grace
}

// idOf returns the id of the alarm of a source that came on the list at a time.
func idOf(key string, at Micros) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.FormatInt(int64(at), 10)))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10]))
}

// contribution is what an alarm adds to the counts.
type contribution struct {
	Counts
	reason city.Reason
	area   string
	listed bool // on the active list
	stands int  // devices that it stands for while it is active
}

// Counts returns what the point's alarm adds to the counts of its location, and of all else.
func (p *Point) Counts() Counts { return p.counted.Counts }

func (p *Point) contributes() contribution {
	a := p.Alarm
	if a == nil || a.Hidden() {
		return contribution{}
	}
	c := contribution{reason: a.Reason, area: a.Area, listed: true}
	if a.State == city.AlarmActive {
		c.Active, c.stands = 1, a.Count
		if a.Severity == city.SeverityCritical {
			c.Critical = 1
		}
	}
	if !a.Acknowledged {
		c.Unacknowledged = 1
	}
	return c
}
