// Package workload says what alarms ask of the people who deal with them: how many come, in how much
// of the time too many, from where, and how long they wait. It is pure: the same steps give the same
// figures. How each figure is made is what Method says; their limits are those of ISA-18.2 and EEMUA
// 191, by secondary sources.
package workload

import (
	"maps"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
)

const (
	// Span is the time in which new alarms are counted.
	Span = 10 * time.Minute
	// FloodAbove is how many new alarms in a Span one operator can take in: more are a flood.
	FloodAbove = 10
	// Standing is how long an alarm may be on the list before it counts as standing.
	Standing = 24 * time.Hour

	chatterCycles = 3
	chatterWithin = time.Minute
	worst         = 10
	mostListed    = 100
)

// Step is one transition of an alarm. Only raised, worsened, cleared, acknowledged, ack_expired and
// closed count.
type Step struct {
	Alarm    string // id
	At       time.Time
	What     city.Transition
	Key      string // the alarm's source
	Severity city.Severity
	Title    city.Names
}

// Figures are the figures of one period.
type Figures struct {
	From, To  time.Time // To exclusive
	Operators int

	Raised      int // alarms that became active
	BySeverity  map[city.Severity]int
	MeanPerSpan float64 // new alarms in ten minutes per operator
	MostPerSpan float64 // in the worst ten minutes, per operator

	Floods     int
	Flood      time.Duration
	FloodShare float64 // of the period, 0 to 1

	Chattering  []Source // most often first, at most a hundred
	Standing    []Waiting
	StandingAll int
	Acknowledge Times
	Clear       Times
	Worst       []Source // the ten that raised most
	Buckets     []Bucket // one for every ten minutes, the last of which may be shorter
}

// Source is where alarms come from.
type Source struct {
	Key   string
	Title city.Names // of its latest alarm
	Count int        // alarms, or times that it chattered
}

// Waiting is an alarm that has been on the list for long.
type Waiting struct {
	Alarm string
	Key   string
	Title city.Names
	Since time.Time // when it came on the list
}

// Times sums up how long something took.
type Times struct {
	Count        int
	Mean, Median time.Duration // 0 if there is none
}

// Bucket counts what was raised from At on.
type Bucket struct {
	At     time.Time
	Raised int
}

// Of makes the figures of a period, From inclusive and To exclusive, of steps in the order of time.
// They must be those of every alarm that was on the list at any time from ten minutes before from to
// to, from when it came on it; more do no harm. Buckets are made if wanted.
func Of(from, to time.Time, operators int, steps []Step, buckets bool) Figures {
	operators = max(operators, 1)
	f := Figures{From: from, To: to, Operators: operators, BySeverity: map[city.Severity]int{}}
	c := count{Figures: &f, sources: map[string]*source{}, alarms: map[string]*alarm{}}
	for i := range steps {
		if steps[i].At.Before(to) {
			c.step(&steps[i])
		}
	}
	f.Acknowledge, f.Clear = sum(c.acknowledge), sum(c.clear)
	f.load(c.raised)
	if buckets {
		f.bucket(c.raised)
	}
	f.Worst = ranked(c.sources, worst, func(s *source) int { return s.raised })
	f.Chattering = ranked(c.sources, mostListed, func(s *source) int { return s.chattered })
	c.standing()
	return f
}

// count is the state of going through the steps.
type count struct {
	*Figures
	sources map[string]*source
	alarms  map[string]*alarm

	raised      []time.Time // all, also those before the period
	acknowledge []time.Duration
	clear       []time.Duration
}

type source struct {
	title             city.Names
	raised, chattered int
	active            time.Time   // zero: it is not
	began             []time.Time // of its last cycles
}

// alarm is an alarm that is on the list.
type alarm struct {
	key     string
	title   city.Names
	since   time.Time
	active  time.Time // since when; zero: it is not
	waiting time.Time // for somebody to acknowledge it, since when; zero: somebody has
}

func (c *count) step(s *Step) {
	inside := !s.At.Before(c.From)
	src := c.sources[s.Key]
	if src == nil {
		src = &source{}
		c.sources[s.Key] = src
	}
	src.title = s.Title
	a := c.alarms[s.Alarm]
	if a == nil {
		a = &alarm{key: s.Key, since: s.At}
		c.alarms[s.Alarm] = a
	}
	a.title = s.Title
	switch s.What {
	case city.AlarmRaised:
		c.raise(s, src, a, inside)
	case city.AlarmWorsened, city.AlarmAckExpired:
		a.wait(s.At)
	case city.AlarmOver:
		if !a.active.IsZero() && inside {
			c.clear = append(c.clear, s.At.Sub(a.active))
		}
		a.active = time.Time{}
		src.over(s.At, inside)
	case city.AlarmAcknowledged:
		if !a.waiting.IsZero() && inside {
			c.acknowledge = append(c.acknowledge, s.At.Sub(a.waiting))
		}
		a.waiting = time.Time{}
	case city.AlarmClosed:
		delete(c.alarms, s.Alarm)
	default: // says nothing of what is counted here
	}
}

func (c *count) raise(s *Step, src *source, a *alarm, inside bool) {
	c.raised = append(c.raised, s.At)
	a.active = s.At
	a.wait(s.At)
	src.active = s.At
	if inside {
		c.Raised++
		c.BySeverity[s.Severity]++
		src.raised++
	}
}

func (a *alarm) wait(since time.Time) {
	if a.waiting.IsZero() {
		a.waiting = since
	}
}

// over ends a cycle of a source, and counts if it is the last of three within a minute.
func (s *source) over(at time.Time, inside bool) {
	if s.active.IsZero() {
		return
	}
	s.began = append(s.began, s.active)
	s.active = time.Time{}
	if len(s.began) > chatterCycles {
		s.began = s.began[1:]
	}
	if inside && len(s.began) == chatterCycles && at.Sub(s.began[0]) <= chatterWithin {
		s.chattered++
	}
}

// standing lists what has been on the list for longer than a day at the end of the period.
func (c *count) standing() {
	for id, a := range c.alarms {
		if c.To.Sub(a.since) > Standing {
			c.Figures.Standing = append(c.Figures.Standing, Waiting{Alarm: id, Key: a.key, Title: a.title, Since: a.since})
		}
	}
	slices.SortFunc(c.Figures.Standing, func(x, y Waiting) int {
		if d := x.Since.Compare(y.Since); d != 0 {
			return d
		}
		return strings.Compare(x.Alarm, y.Alarm)
	})
	c.StandingAll = len(c.Figures.Standing)
	c.Figures.Standing = c.Figures.Standing[:min(c.StandingAll, mostListed)]
}

// ranked returns the sources that have most of something, most first, at most so many.
func ranked(all map[string]*source, most int, of func(*source) int) []Source {
	var list []Source
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if n := of(all[key]); n > 0 {
			list = append(list, Source{Key: key, Title: all[key].title, Count: n})
		}
	}
	slices.SortStableFunc(list, func(x, y Source) int { return y.Count - x.Count })
	return list[:min(len(list), most)]
}

func sum(all []time.Duration) Times {
	t := Times{Count: len(all)}
	if t.Count == 0 {
		return t
	}
	slices.Sort(all)
	t.Median = (all[(t.Count-1)/2] + all[t.Count/2]) / 2
	seconds := 0.0 // their sum may be more than a Duration holds
	for _, d := range all {
		seconds += d.Seconds()
	}
	t.Mean = time.Duration(seconds / float64(t.Count) * float64(time.Second))
	return t
}
