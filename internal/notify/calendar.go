package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar says when a shift is on duty, by the civic clock.
type Calendar struct {
	Days       dayset               `json:"days"` // on which it begins; none: every day
	From       clock                `json:"from"`
	To         clock                `json:"to"` // at or before From: of the day after
	Exceptions map[string]exception `json:"exceptions"`
}

// clock is a time of day, in minutes from midnight.
type clock int

// UnmarshalText reads 07:00, up to 24:00.
func (c *clock) UnmarshalText(text []byte) error {
	if string(text) == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is no time of day such as 07:00", text)
	}
	*c = clock(t.Hour()*60 + t.Minute())
	return nil
}

// String is the form that is read.
func (c clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// dayset is days of the week, by time.Weekday.
type dayset [7]bool

func (d dayset) empty() bool { return d == dayset{} }

// UnmarshalJSON reads a name, a range such as mon-fri, or a list of them.
func (d *dayset) UnmarshalJSON(raw []byte) error {
	var all names
	if err := all.UnmarshalJSON(raw); err != nil {
		return err
	}
	for _, text := range all {
		from, to, ranged := strings.Cut(text, "-")
		if !ranged {
			to = from
		}
		first, last := weekday(from), weekday(to)
		if first < 0 || last < 0 {
			return fmt.Errorf("%q is no day such as mon, and no range such as mon-fri", text)
		}
		for day := first; ; day = (day + 1) % 7 {
			d[day] = true
			if day == last {
				break
			}
		}
	}
	return nil
}

func weekday(name string) int {
	return slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, strings.ToLower(strings.TrimSpace(name)))
}

// exception is what holds on one date in the place of the days.
type exception struct {
	on       bool
	ranged   bool
	from, to clock
}

// UnmarshalText reads off, on, or a range such as 07:00-12:00.
func (e *exception) UnmarshalText(text []byte) error {
	switch string(text) {
	case "off":
		return nil
	case "on":
		e.on = true
		return nil
	}
	from, to, ok := strings.Cut(string(text), "-")
	if !ok || e.from.UnmarshalText([]byte(from)) != nil || e.to.UnmarshalText([]byte(to)) != nil {
		return fmt.Errorf("%q is neither off nor on nor a range such as 07:00-12:00", text)
	}
	e.on, e.ranged = true, true
	return nil
}

func (c *Calendar) check() error {
	for date := range c.Exceptions {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("exceptions: %q is no date such as 2026-09-02", date)
		}
	}
	if c.From == 0 && c.To == 0 {
		c.To = 24 * 60
	}
	if c.From >= 24*60 {
		return errors.New("from: a day begins before 24:00")
	}
	return nil
}

// On reports whether the shift is on duty at a time, whose location is the civic zone. A shift over
// midnight belongs to the day on which it begins.
func (c *Calendar) On(at time.Time) bool {
	minute := clock(at.Hour()*60 + at.Minute())
	if from, to, on := c.hours(at); on && minute >= from && (minute < to || to <= from) {
		return true
	}
	from, to, on := c.hours(time.Date(at.Year(), at.Month(), at.Day()-1, 12, 0, 0, 0, at.Location()))
	return on && to <= from && minute < to
}

// hours returns the shift that begins on the day of a time.
func (c *Calendar) hours(day time.Time) (from, to clock, on bool) {
	e, special := c.Exceptions[day.Format(time.DateOnly)]
	switch {
	case special && e.ranged:
		return e.from, e.to, true
	case special:
		return c.From, c.To, e.on
	}
	return c.From, c.To, c.Days.empty() || c.Days[day.Weekday()]
}
