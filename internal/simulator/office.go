package simulator

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// figure is how one indicator moves. Its value for a period is drawn once for that period, around
// base; one that grows begins at 0 every day and comes to it in the evening.
type figure struct {
	code     string
	period   string // as period writes it
	every    time.Duration
	base     float64 // of a ratio: the share, as a fraction
	spread   float64 // relative to base
	of       float64 // of a ratio: its denominator; 0: it is none
	decimals int
	grows    bool
}

// office returns what the system of a line of business says.
func (t *teller) office() []speaker {
	var all []speaker
	for _, f := range figures()[t.device.Subsystem] {
		all = append(all, speaker{every: f.every, say: func(at time.Time) []Publication {
			return []Publication{t.figure(f, at)}
		}})
	}
	if b, keeps := caseBooks()[t.device.Subsystem]; keeps {
		book := casebook{teller: t, kinds: b}
		all = append(all, speaker{every: time.Minute, say: book.say})
	}
	return all
}

// reportsOnly says of a subsystem whether its system sends reports now and then, and has no connection
// whose end anybody would notice.
func reportsOnly(subsystem string) bool {
	return subsystem == "socioeconomic" || subsystem == "statistics" || subsystem == "education"
}

// figure tells an indicator's figure for the period that it belongs to at a time.
func (t *teller) figure(f figure, at time.Time) Publication {
	name := period(f.period, at.In(t.zone))
	r := random(t.seed, "figure "+t.device.ID+f.code+name)
	value := f.base * (1 + f.spread*clamp(r.NormFloat64()))
	fields := map[string]any{"indicator": f.code, "period": name}
	switch {
	case f.of > 0:
		whole := math.Round(f.of * dayDone(at.In(t.zone), f.grows))
		whole = max(whole, 1)
		fields["numerator"], fields["denominator"] = math.Round(min(value, 1)*whole), whole
	case f.grows:
		fields["value"] = math.Round(value * dayDone(at.In(t.zone), true))
	default:
		fields["value"] = round(value, f.decimals)
	}
	return t.native(at, "indicator", fields)
}

func clamp(x float64) float64 { return min(max(x, -2), 2) }

func round(x float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(x*scale) / scale
}

// period returns the name of the period that is told of at a time: the day itself, or the last week,
// month or quarter that is over, or the year.
func period(kind string, local time.Time) string {
	switch kind {
	case "today":
		return local.Format(time.DateOnly)
	case "day":
		return local.AddDate(0, 0, -1).Format(time.DateOnly)
	case "week":
		year, week := local.AddDate(0, 0, -7).ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case "month":
		return local.AddDate(0, 0, -local.Day()).Format("2006-01")
	case "quarter":
		before := local.AddDate(0, -(int(local.Month())-1)%3, -local.Day())
		return fmt.Sprintf("%d-Q%d", before.Year(), (int(before.Month())-1)/3+1)
	}
	return local.Format("2006")
}

// dayDone is the share of a day's work that is done, of something that grows during the day. Offices
// and hospitals work from seven to half past five; a little happens at night.
func dayDone(local time.Time, grows bool) float64 {
	if !grows {
		return 1
	}
	hour := float64(local.Hour()) + float64(local.Minute())/60
	return min(0.05*hour/24+0.95*min(max((hour-7)/10.5, 0), 1), 1)
}

// caseKind is one kind of case that citizens or systems open.
type caseKind struct {
	kind     string // type of the event
	severity string
	title    string
	perDay   float64
	days     float64 // from opening to closing, on average
}

// casebook tells cases as they are opened and closed.
type casebook struct {
	*teller
	kinds []caseKind
	told  time.Time // everything that happened before was told
}

const rememberedDays = 9 // for which cases are told again after a restart

// say tells what happened since the last time; at first, everything of the last days.
func (b *casebook) say(at time.Time) []Publication {
	if b.told.IsZero() {
		b.told = at.AddDate(0, 0, -rememberedDays)
	}
	var out []Publication
	first := b.told.In(b.zone).AddDate(0, 0, -2*rememberedDays)
	for day := first; !day.After(at); day = day.AddDate(0, 0, 1) {
		for n := range b.kinds {
			out = append(out, b.cases(&b.kinds[n], day, b.told, at)...)
		}
	}
	b.told = at
	return out
}

// cases tells what happened after since and up to at to the cases of one kind opened on a day.
func (b *casebook) cases(k *caseKind, day, since, at time.Time) []Publication {
	date := day.Format(time.DateOnly)
	r := random(b.seed, "cases "+b.device.ID+k.kind+date)
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, b.zone)
	var out []Publication
	for i := range poisson(r, k.perDay) {
		opened := midnight.Add(time.Duration(between(r, 6, 23) * float64(time.Hour)))
		closed := opened.Add(time.Duration((0.15 + r.ExpFloat64()) * k.days * 24 * float64(time.Hour)))
		id := fmt.Sprintf("%s-%s-%d", k.kind, date, i+1)
		if opened.After(since) && !opened.After(at) {
			out = append(out, b.tell(k, id, "started", opened))
		}
		if closed.After(since) && !closed.After(at) {
			out = append(out, b.tell(k, id, "ended", closed))
		}
	}
	return out
}

func (b *casebook) tell(k *caseKind, id, state string, at time.Time) Publication {
	fields := map[string]any{"id": id, "type": k.kind, "state": state, "title": k.title}
	if k.severity != "" {
		fields["severity"] = k.severity
	}
	return b.native(at, "event", fields)
}

// wander returns a value that moves slowly about base over the hours of a day, and a little with
// every look.
func wander(r *rand.Rand, base, amplitude, peakHour float64, local time.Time) float64 {
	hour := float64(local.Hour()) + float64(local.Minute())/60
	return base + amplitude*math.Cos((hour-peakHour)/24*2*math.Pi) + 0.08*amplitude*r.NormFloat64()
}
