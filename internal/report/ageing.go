package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// ageClass is a range of ages, up to below.
type ageClass struct {
	key   string
	names city.Names
	below time.Duration // 0: without end
}

func ageClasses() []ageClass {
	return []ageClass{
		{"under_1d", names("< 1 ngày", "< 1 d"), day},
		{"from_1d", names("1–3 ngày", "1–3 d"), 3 * day},
		{"from_3d", names("3–7 ngày", "3–7 d"), 7 * day},
		{"from_7d", names("7–30 ngày", "7–30 d"), 30 * day},
		{"over_30d", names("> 30 ngày", "> 30 d"), 0},
	}
}

// classOf returns the index of the class of an age in seconds.
func classOf(age int64) int {
	return slices.IndexFunc(ageClasses(), func(c ageClass) bool {
		return c.below == 0 || time.Duration(age)*time.Second < c.below
	})
}

// Ageing gathers the faults that are open at the end of a period.
type Ageing struct {
	values   Values
	from, to time.Time
	places   gazetteer
	faults   []fault
}

// NewAgeing returns an empty list for the end of the time from inclusive to exclusive, whole seconds in
// the civic time zone. The values come from Parse.
func NewAgeing(values Values, areas []city.Area, from, to time.Time) *Ageing {
	return &Ageing{values: values, from: from, to: to, places: newGazetteer(areas)}
}

// Device adds one device, once: where it was, and the stretch that the end of the period lies in, with
// From as the time when the device worked last.
func (a *Ageing) Device(placements []availability.Placement, s *Stretch) {
	f := fault{Stretch: *s}
	if !slices.Contains(a.values.FaultStatuses(), f.Status) || !f.open(a.to) || !f.From.Before(a.to) {
		return
	}
	if found := faultsOf([]Stretch{*s}, []city.Status{s.Status}); len(found) == 1 {
		f.facets = found[0].facets
	}
	var registered bool
	if f.place, registered = a.places.at(placements, a.to.Add(-time.Microsecond)); registered && f.wanted(a.values) {
		a.faults = append(a.faults, f)
	}
}

// Report returns the report on what was added.
func (a *Ageing) Report() Report {
	r := newReport(AgeingID, a.from, a.to, a.values)
	r.Method = ageingMethod()
	slices.SortStableFunc(a.faults, func(x, y fault) int {
		return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.device, y.device))
	})
	r.Tables = []Table{
		a.classes("contractors", names("Theo nhà thầu", "By contractor"), Column{Key: "contractor", Names: names("Nhà thầu", "Contractor"), Kind: KindText},
			func(f *fault) string { return f.contractor }),
		a.classes("areas", names("Theo khu vực", "By area"), Column{Key: "area", Names: names("Khu vực", "Area"), Kind: KindText},
			func(f *fault) string { return f.areaName }),
		a.list(),
	}
	return r
}

func (a *Ageing) classes(key string, title city.Names, head Column, group func(*fault) string) Table {
	t := Table{Key: key, Names: title, Columns: []Column{head}}
	for _, c := range ageClasses() {
		t.Columns = append(t.Columns, Column{Key: c.key, Names: c.names, Kind: KindCount})
	}
	t.Columns = append(t.Columns, Column{Key: "faults", Names: names("Tổng", "Total"), Kind: KindCount})
	n := len(t.Columns) - 1
	rows := make(map[string][]int64)
	all := make([]int64, n)
	for i := range a.faults {
		f := &a.faults[i]
		row := rows[group(f)]
		if row == nil {
			row = make([]int64, n)
			rows[group(f)] = row
		}
		class := classOf(f.seconds(f.From, a.to))
		row[class]++
		row[n-1]++
		all[class]++
		all[n-1]++
	}
	for _, id := range sortedKeys(rows) {
		t.Rows = append(t.Rows, append([]Cell{orNone(id)}, wholes(rows[id])...))
	}
	t.Total = append([]Cell{allWord()}, wholes(all)...)
	return t
}

func (a *Ageing) list() Table {
	t := Table{Key: "open", Names: names("Sự cố còn mở, cũ nhất trước", "Open faults, oldest first"), Columns: append(placeColumns(), []Column{
		{Key: "status", Names: names("Trạng thái", "Status"), Kind: KindText},
		{Key: "reason", Names: names("Lý do", "Reason"), Kind: KindText},
		{Key: "facets", Names: names("Khía cạnh", "Facets"), Kind: KindText},
		{Key: "since", Names: names("Từ", "Since"), Kind: KindTime},
		{Key: "age_s", Names: names("Tuổi", "Age"), Unit: "s", Kind: KindSeconds},
		{Key: "class", Names: names("Nhóm tuổi", "Class"), Kind: KindText},
	}...)}
	for i := range a.faults {
		f := &a.faults[i]
		age := f.seconds(f.From, a.to)
		class := ageClasses()[classOf(age)]
		t.Rows = append(t.Rows, append(f.cells(), statusWord(f.Status), reasonWord(f.Reason), facetWord(f.facets),
			moment(f.From), Whole(age), Word{class.key, class.names}))
	}
	return t
}

func wholes(ns []int64) []Cell {
	cells := make([]Cell, len(ns))
	for i, n := range ns {
		cells[i] = Whole(n)
	}
	return cells
}

func allWord() Cell { return Word{"all", names("Tất cả", "All")} }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func ageingMethod() []city.Names {
	return []city.Names{
		names("Một sự cố còn mở là một thiết bị đã đăng ký, lúc cuối kỳ có một trong các trạng thái được chọn.",
			"An open fault is a device, registered at the end of the period, that then had one of the chosen statuses."),
		names("Tuổi tính từ khi thiết bị hoạt động lần cuối (bình thường hoặc cảnh báo) đến cuối kỳ; đổi lý do, im lặng và bảo trì ở giữa không làm tuổi tính lại. Thiết bị chưa từng hoạt động tính từ ghi nhận đầu tiên.",
			"Age counts from when the device worked last (normal or warning) to the end of the period; another reason, silence and maintenance in between do not begin it anew. A device that never worked counts from the first that was recorded of it."),
		names("Trạng thái, lý do, vị trí, khu vực và nhà thầu là của lúc cuối kỳ. Diễn biến sau đó không được tính.",
			"Status, reason, location, area and contractor are those of the end of the period. What came later is not counted."),
	}
}
