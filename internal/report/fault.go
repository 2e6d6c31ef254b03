package report

import (
	"slices"
	"strings"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// Status is the parameter that says which statuses are faults.
const Status = "status"

func faultParameters() []Parameter {
	statuses := make([]Choice, 0, 5)
	for _, s := range city.Statuses() {
		if s != city.OK {
			statuses = append(statuses, Choice{s.String(), statusWord(s).Names})
		}
	}
	return append([]Parameter{
		{Key: Status, Names: names("Trạng thái", "Status"), Type: TypeChoices, Default: "critical,stale", Choices: statuses},
	}, placeParameters()...)
}

// FaultStatuses are the statuses that values which Parse made count as faults.
func (v Values) FaultStatuses() []city.Status {
	var statuses []city.Status
	for text := range strings.SplitSeq(v[Status], ",") {
		if s, err := city.ParseStatus(text); err == nil {
			statuses = append(statuses, s)
		}
	}
	return statuses
}

// Stretch is a stretch of time, From inclusive to To exclusive, in which nothing about a device's
// status changed. To is zero while it lasts.
type Stretch struct {
	From, To time.Time
	Status   city.Status
	Reason   city.Reason
	Facets   map[city.Facet]city.Status
}

// fault is a run of stretches of one status for one reason.
type fault struct {
	place
	Stretch
	facets []city.Facet // that were not ok at some time of it
}

// faultsOf joins the stretches of a device that touch and have one status, among those wanted, and one
// reason: what changed in between is only which facets were bad.
func faultsOf(stretches []Stretch, wanted []city.Status) []fault {
	var faults []fault
	for i := range stretches {
		s := &stretches[i]
		if !slices.Contains(wanted, s.Status) {
			continue
		}
		last := len(faults) - 1
		if last < 0 || faults[last].Status != s.Status || faults[last].Reason != s.Reason || !faults[last].To.Equal(s.From) {
			faults = append(faults, fault{Stretch: *s})
			last++
		}
		f := &faults[last]
		f.To = s.To
		for _, facet := range []city.Facet{city.Link, city.Recording, city.Image} {
			if status, has := s.Facets[facet]; has && status != city.OK && status != city.Unknown && !slices.Contains(f.facets, facet) {
				f.facets = append(f.facets, facet)
			}
		}
	}
	return faults
}

// open reports whether the fault goes on at a time.
func (f *fault) open(at time.Time) bool { return f.To.IsZero() || f.To.After(at) }

// seconds is how long the fault lasted between two times, each boundary from the beginning of its
// second.
func (f *fault) seconds(from, to time.Time) int64 {
	begin, end := max(f.From.Unix(), from.Unix()), to.Unix()
	if !f.To.IsZero() {
		end = min(end, f.To.Unix())
	}
	return max(end-begin, 0)
}

// facetWord names facets, several with commas between.
func facetWord(facets []city.Facet) Cell {
	if len(facets) == 0 {
		return nil
	}
	var w Word
	for i, f := range facets {
		if i > 0 {
			w.Code, w.Names.VI, w.Names.EN = w.Code+",", w.Names.VI+", ", w.Names.EN+", "
		}
		n := facetNames(f)
		w.Code, w.Names.VI, w.Names.EN = w.Code+string(f), w.Names.VI+n.VI, w.Names.EN+n.EN
	}
	return w
}

// Faults gathers the list of faults device by device.
type Faults struct {
	values   Values
	from, to time.Time
	places   gazetteer
	faults   []fault
}

// NewFaults returns an empty list on the time from inclusive to exclusive, whole seconds in the civic
// time zone. The values come from Parse.
func NewFaults(values Values, areas []city.Area, from, to time.Time) *Faults {
	return &Faults{values: values, from: from, to: to, places: newGazetteer(areas)}
}

// Device adds one device, once: where it was, and the stretches that touch the period, in the order of
// time. The first of them must begin where its status and its reason began, however long before.
func (l *Faults) Device(placements []availability.Placement, stretches []Stretch) {
	for _, f := range faultsOf(stretches, l.values.FaultStatuses()) {
		if !f.From.Before(l.to) || !f.To.IsZero() && !f.To.After(l.from) {
			continue
		}
		last := l.to
		if !f.open(l.to) {
			last = f.To
		}
		var registered bool
		if f.place, registered = l.places.at(placements, last.Add(-time.Microsecond)); !registered {
			f.place, registered = l.places.at(placements, f.From)
		}
		if registered && f.wanted(l.values) {
			l.faults = append(l.faults, f)
		}
	}
}

// Report returns the list of what was added.
func (l *Faults) Report() Report {
	r := newReport(FaultsID, l.from, l.to, l.values)
	r.Method = faultMethod()
	slices.SortStableFunc(l.faults, func(a, b fault) int {
		if c := strings.Compare(a.location, b.location); c != 0 {
			return c
		}
		if c := strings.Compare(a.device, b.device); c != 0 {
			return c
		}
		return a.From.Compare(b.From)
	})
	r.Tables = []Table{l.summary(), l.list()}
	return r
}

func (l *Faults) list() Table {
	t := Table{Key: FaultsID, Names: names("Các sự cố", "Faults"), Columns: append(placeColumns(), []Column{
		{Key: "status", Names: names("Trạng thái", "Status"), Kind: KindText},
		{Key: "reason", Names: names("Lý do", "Reason"), Kind: KindText},
		{Key: "facets", Names: names("Khía cạnh", "Facets"), Kind: KindText},
		{Key: "from", Names: names("Từ", "From"), Kind: KindTime},
		{Key: "to", Names: names("Đến", "To"), Kind: KindTime},
		{Key: "duration_s", Names: names("Đã kéo dài", "Lasted"), Unit: "s", Kind: KindSeconds},
		{Key: "in_period_s", Names: names("Trong kỳ", "In the period"), Unit: "s", Kind: KindSeconds},
		{Key: "open", Names: names("Còn mở cuối kỳ", "Open at the end"), Kind: KindText},
	}...)}
	for i := range l.faults {
		f := &l.faults[i]
		var to Cell
		if !f.open(l.to) {
			to = moment(f.To)
		}
		t.Rows = append(t.Rows, append(f.cells(), statusWord(f.Status), reasonWord(f.Reason), facetWord(f.facets),
			moment(f.From), to, Whole(f.seconds(f.From, l.to)), Whole(f.seconds(l.from, l.to)), yes(f.open(l.to))))
	}
	return t
}

// faultSum is what the faults of one contractor add up to.
type faultSum struct {
	devices      map[string]bool
	faults, open int64
	seconds      int64
}

func (s *faultSum) add(f *fault, from, to time.Time) {
	if s.devices == nil {
		s.devices = make(map[string]bool)
	}
	s.devices[f.device] = true
	s.faults++
	s.seconds += f.seconds(from, to)
	if f.open(to) {
		s.open++
	}
}

func (s *faultSum) cells() []Cell {
	return []Cell{Whole(len(s.devices)), Whole(s.faults), Whole(s.open), Whole(s.seconds)}
}

func (l *Faults) summary() Table {
	t := Table{Key: "contractors", Names: names("Theo nhà thầu", "By contractor"), Columns: []Column{
		{Key: "contractor", Names: names("Nhà thầu", "Contractor"), Kind: KindText},
		{Key: "devices", Names: names("Thiết bị", "Devices"), Kind: KindCount},
		{Key: "faults", Names: names("Số sự cố", "Faults"), Kind: KindCount},
		{Key: "still_open", Names: names("Còn mở", "Still open"), Kind: KindCount},
		{Key: "in_period_s", Names: names("Tổng thời gian trong kỳ", "Total time in the period"), Unit: "s", Kind: KindSeconds},
	}}
	sums := make(map[string]*faultSum)
	var all faultSum
	for i := range l.faults {
		f := &l.faults[i]
		if sums[f.contractor] == nil {
			sums[f.contractor] = &faultSum{}
		}
		sums[f.contractor].add(f, l.from, l.to)
		all.add(f, l.from, l.to)
	}
	for _, contractor := range sortedKeys(sums) {
		t.Rows = append(t.Rows, append([]Cell{orNone(contractor)}, sums[contractor].cells()...))
	}
	t.Total = append([]Cell{allWord()}, all.cells()...)
	return t
}

func faultMethod() []city.Names {
	return []city.Names{
		names("Một sự cố là khoảng thời gian liên tục mà thiết bị có một trong các trạng thái được chọn, vì một lý do; khi lý do hoặc trạng thái đổi thì là sự cố khác.",
			"A fault is the time without a break in which a device had one of the chosen statuses for one reason; with another reason or status it is another fault."),
		names("Mọi sự cố chạm vào kỳ đều được liệt kê, với lúc bắt đầu thật, kể cả khi trước kỳ. Diễn biến sau khi kỳ kết thúc không được tính: sự cố còn kéo dài lúc đó là còn mở.",
			"Every fault that touches the period is listed with its true beginning, also when that was before it. What came after the end of the period is not counted: what went on then is open."),
		names("“Đã kéo dài” tính từ lúc bắt đầu thật đến lúc kết thúc, muộn nhất là cuối kỳ; “trong kỳ” chỉ tính phần nằm trong kỳ. Mỗi mốc được tính từ đầu giây của nó.",
			"“Lasted” counts from the true beginning to the end, at the latest the end of the period; “in the period” counts the part within it. Every boundary counts from the beginning of its second."),
		names("Vị trí, khu vực và nhà thầu là của thiết bị lúc sự cố kết thúc, muộn nhất là cuối kỳ; khu vực chỉ được ghi khi đang có hiệu lực.",
			"Location, area and contractor are those that the device had when the fault ended, at the latest at the end of the period; an area is named only while it is in force."),
		names("Khía cạnh là những khía cạnh không bình thường vào một lúc nào đó trong sự cố.",
			"Facets are those that were not normal at some time of the fault."),
	}
}
