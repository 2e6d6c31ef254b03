package live

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/maintenance"
)

// upkeep is a maintenance window. Its timer is when it next begins or ends.
type upkeep struct {
	timer[*upkeep]
	info     city.Window
	schedule *maintenance.Schedule
	on       bool
	ends     micros // if it is on
	next     micros // when it is on next; forever: never
}

// maxUpkeep is how many windows there may be at once.
const maxUpkeep = 10_000

// remembered is how long a window that is over is still shown.
const remembered = 24 * time.Hour

// maintained reports whether there is planned maintenance of the device.
func (d *device) maintained() bool { return d.upkeep > 0 }

// planUpkeep takes in a window that somebody plans.
func (p *Projection) planUpkeep(w *city.Window) city.Outcome {
	if w == nil || p.upkeep[w.ID] != nil || len(p.upkeep) >= maxUpkeep || city.CheckID(w.ID) != nil {
		return city.Refused
	}
	schedule, err := maintenance.Plan(w, p.zone)
	if err != nil || schedule.Over(p.now.utc()) {
		return city.Refused
	}
	p.addUpkeep(w, schedule)
	p.turn(p.upkeep[w.ID])
	return city.Done
}

func (p *Projection) addUpkeep(w *city.Window, schedule *maintenance.Schedule) {
	u := &upkeep{info: *w, schedule: schedule, next: forever}
	u.timer.id, u.timer.owner = w.ID, u
	p.upkeep[w.ID] = u
}

// cancelUpkeep ends a window for good.
func (p *Projection) cancelUpkeep(id string) city.Outcome {
	u := p.upkeep[id]
	if u == nil {
		return city.NoSuch
	}
	p.set(u, false)
	p.turns.remove(&u.timer)
	delete(p.upkeep, id)
	p.changes.gone("window/"+id, "")
	return city.Done
}

// turn makes a window what it is now, and sees to it that it turns in time.
func (p *Projection) turn(u *upkeep) {
	_, end, on := u.schedule.At(p.now.utc())
	u.ends, u.next = 0, forever
	if on {
		u.ends = microsOf(end)
	}
	if begin, ok := u.schedule.Next(p.now.utc()); ok {
		u.next = microsOf(begin)
	}
	p.set(u, on)
	p.changes.gone("window/"+u.info.ID, "")
	due := u.next
	if on {
		due = min(due, u.ends)
	}
	if due == forever { // it is over: it goes, in a day
		due = p.now + span(remembered)
	}
	p.turns.set(&u.timer, due)
}

// turnNext does what is due next of the windows.
func (p *Projection) turnNext() {
	u := p.turns[0].owner
	p.now = max(p.now, u.due)
	if !u.on && u.next == forever {
		_ = p.cancelUpkeep(u.info.ID)
		return
	}
	p.turn(u)
}

// set lets a window begin or end for the devices that it covers.
func (p *Projection) set(u *upkeep, on bool) {
	if u.on == on {
		return
	}
	u.on = on
	by := -1
	if on {
		by = 1
	}
	p.eachCovered(&u.info, func(d *device) {
		d.upkeep += by
		p.publish(d, p.now, false)
	})
}

// eachCovered visits the devices that a window covers, sorted by id.
func (p *Projection) eachCovered(w *city.Window, visit func(*device)) {
	among := p.devices
	switch l := p.locations[w.Location]; {
	case w.Device != "":
		among = map[string]*device{}
		if d := p.devices[w.Device]; d != nil {
			among[w.Device] = d
		}
	case w.Location != "":
		among = map[string]*device{}
		if l != nil {
			for _, d := range l.devices {
				among[d.id()] = d
			}
		}
	}
	for _, d := range inOrder(among) {
		if w.Covers(d.info, d.location.info.Area) {
			visit(d)
		}
	}
}

// recountUpkeep counts the windows that cover a device, which may be another now.
func (p *Projection) recountUpkeep(d *device) {
	d.upkeep = 0
	for _, u := range p.upkeep {
		if u.on && u.info.Covers(d.info, d.location.info.Area) {
			d.upkeep++
		}
	}
}

type savedUpkeep struct {
	Window city.Window `json:"window"`
	On     bool        `json:"on,omitempty"`
	Ends   micros      `json:"ends,omitempty"`
	Next   micros      `json:"next"`
	Due    micros      `json:"due"`
}

func (p *Projection) saveUpkeep() []savedUpkeep {
	var saved []savedUpkeep
	for _, u := range p.upkeep {
		saved = append(saved, savedUpkeep{u.info, u.on, u.ends, u.next, u.due})
	}
	slices.SortFunc(saved, func(a, b savedUpkeep) int { return cmp.Compare(a.Window.ID, b.Window.ID) })
	return saved
}

func (p *Projection) restoreUpkeep(saved []savedUpkeep) {
	for i := range saved {
		s := &saved[i]
		schedule, err := maintenance.Plan(&s.Window, p.zone)
		if err != nil {
			continue // a rule that is no longer understood
		}
		p.addUpkeep(&s.Window, schedule)
		u := p.upkeep[s.Window.ID]
		u.on, u.ends, u.next = s.On, s.Ends, s.Next
		p.turns.set(&u.timer, s.Due)
	}
	for _, d := range p.devices {
		p.recountUpkeep(d)
	}
}

// WindowView is a maintenance window as it is shown.
type WindowView struct {
	ID         string    `json:"id"`
	Device     string    `json:"device,omitempty"`
	Location   string    `json:"location,omitempty"`
	Area       string    `json:"area,omitempty"`
	Subsystem  string    `json:"subsystem,omitempty"`
	Contractor string    `json:"contractor,omitempty"`
	Title      string    `json:"title,omitempty"`
	Start      time.Time `json:"start"` // of the first, or only, time
	Duration   int64     `json:"duration_s"`
	Rule       string    `json:"rule,omitempty"`
	Mute       bool      `json:"mute,omitempty"`
	Active     bool      `json:"active"`
	End        time.Time `json:"end,omitzero"`  // of the time that it is in
	Next       time.Time `json:"next,omitzero"` // when it is active next
	Devices    int       `json:"devices"`       // that it covers
}

func (p *Projection) viewUpkeep(u *upkeep) WindowView {
	w := &u.info
	v := WindowView{
		ID: w.ID, Device: w.Device, Location: w.Location, Area: w.Area, Subsystem: w.Subsystem, Contractor: w.Contractor,
		Title: w.Title, Start: w.Start.In(p.zone), Duration: int64(w.Duration / time.Second), Rule: w.Rule, Mute: w.Mute,
		Active: u.on, End: u.ends.in(p.zone), Next: u.next.in(p.zone),
	}
	p.eachCovered(w, func(*device) { v.Devices++ })
	return v
}

func byWindow(a, b WindowView) int { return strings.Compare(a.ID, b.ID) }
