package simulator

import (
	"math"
	"time"
)

// force puts the faults that were asked for on the agenda.
func (w *World) force(start int64) error {
	sites, cameras := make(map[string]int32), make(map[string]int32)
	for i := range w.sites {
		sites[w.sites[i].id] = int32(i)
	}
	for i := range w.cameras {
		cameras[w.cameras[i].id] = int32(i)
	}
	for _, f := range w.plan.forced {
		n, known := cameras[f.target]
		a := appointment{at: start + int64(f.after), task: taskFaultBegin, class: f.class, n: n}
		if !known {
			if a.n, known = sites[f.target]; !known {
				return faultAt(f.column, "unknown device or location %q", f.target)
			}
			a.site = true
		}
		if f.class == Quiet && !w.counts(a) {
			return faultAt(f.column, "nothing at %q counts vehicles that could fall quiet", f.target)
		}
		w.agenda.add(a)
		if f.lasts > 0 {
			a.at, a.task = a.at+int64(f.lasts), taskFaultEnd
			w.agenda.add(a)
		}
	}
	return nil
}

func (w *World) counts(a appointment) bool {
	for _, n := range w.struck(a) {
		if len(w.cameras[n].lanes) > 0 {
			return true
		}
	}
	return false
}

// struck lists the cameras that a fault is about.
func (w *World) struck(a appointment) []int32 {
	if a.site {
		return w.sites[a.n].cameras
	}
	return []int32{a.n}
}

// decay starts the natural failing of things, and lets some have failed before the start.
func (w *World) decay(start int64) {
	if w.plan.pace == 0 {
		return
	}
	w.agenda.add(appointment{at: start + wait(w.faultRNG, w.meanFault()), task: taskNatural})
	beforehand := []Class{Offline, NoStream, Obscured, ClockDrift, NotRecording, LowFPS, Moved, RetentionShort, Defocus, Frozen}
	all := len(w.cameras)
	least, most := int(math.Round(0.03*float64(all))), int(math.Round(0.04*float64(all)))
	failed := least + w.faultRNG.IntN(most-least+1)
	for i := range failed {
		class := beforehand[i%len(beforehand)]
		if n, found := w.pick(class); found {
			w.fault(n, class, start)
		}
	}
}

// meanFault is the time between two natural faults in the whole city.
func (w *World) meanFault() time.Duration {
	return time.Duration(float64(meanBetweenFaults) / float64(len(w.cameras)) / w.plan.pace)
}

// fail lets something fail by itself.
func (w *World) fail(at int64) {
	w.agenda.add(appointment{at: at + wait(w.faultRNG, w.meanFault()), task: taskNatural})
	class := w.drawClass()
	if n, found := w.pick(class); found {
		w.fault(n, class, at)
	}
}

func (w *World) drawClass() Class {
	all, sum := natures(), 0.0
	for _, n := range all {
		sum += n.weight
	}
	x := w.faultRNG.Float64() * sum
	for i, n := range all {
		if x -= n.weight; x < 0 {
			return Class(i)
		}
	}
	return Offline
}

// pick chooses a camera that is well and can have the fault. It gives up when most are not well.
func (w *World) pick(class Class) (int32, bool) {
	for range 20 {
		n := w.faultRNG.IntN(len(w.cameras))
		c := &w.cameras[n]
		if c.well() && (class != Quiet || len(c.lanes) > 0) {
			return int32(n), true //nolint:gosec // as in populate
		}
	}
	return 0, false
}

// fault lets a camera, or its whole site if it is the power, fail now and be mended some time later.
func (w *World) fault(n int32, class Class, at int64) {
	a := appointment{at: at, task: taskFaultBegin, class: class, n: n}
	if class == Power {
		a.site, a.n = true, w.cameras[n].site
	}
	w.strike(a, 1)
	mend := natures()[class].mend
	a.at, a.task = at+int64(mend/3)+wait(w.faultRNG, mend*2/3), taskFaultEnd
	w.agenda.add(a)
}

// strike begins (by 1) or mends (by -1) a fault, and lets those concerned say so: by their last
// wills, or with their health at once, as devices do whose own analytics see a change.
func (w *World) strike(a appointment, by int) {
	for _, n := range w.struck(a) {
		c := &w.cameras[n]
		if by > 0 {
			c.faults[a.class]++
		} else {
			c.faults[a.class]--
		}
		w.suffer(c, n, a, by > 0)
		w.agenda.add(appointment{at: a.at, task: taskNote, n: n})
		w.relink(c, n, a.at)
	}
}

// suffer draws the particulars of a fault.
func (w *World) suffer(c *camera, n int32, a appointment, begins bool) {
	switch {
	case a.class == ClockDrift && begins:
		c.drift = spell(c.rng, 20*time.Second, 3*time.Minute)
		if c.rng.IntN(2) == 0 {
			c.drift = -c.drift
		}
	case a.class == Link && begins && !c.flapping:
		c.flapping = true
		w.agenda.add(appointment{at: a.at, task: taskFlap, n: n})
	case a.class == Link && !begins:
		c.away = false
	}
}

// flap lets the link of a camera come or go, and returns how long it stays so: 0 once it is mended.
func (w *World) flap(c *camera, a appointment) int64 {
	if !c.has(Link) {
		c.flapping, c.away = false, false
		return 0
	}
	c.away = !c.away
	w.relink(c, a.n, a.at)
	if c.away {
		return spell(c.rng, 8*time.Second, 30*time.Second)
	}
	return spell(c.rng, 15*time.Second, time.Minute)
}

// relink lets the broker learn, some seconds later, that a camera's link came or went.
func (w *World) relink(c *camera, n int32, at int64) {
	switch {
	case c.told == toldNothing:
	case !c.up() && c.told == toldOnline:
		w.agenda.add(appointment{at: at + spell(c.rng, 2*time.Second, 5*time.Second), task: taskLink, n: n})
	case c.up() && c.told == toldOffline:
		w.agenda.add(appointment{at: at + spell(c.rng, time.Second, 6*time.Second), task: taskLink, n: n})
	}
}
