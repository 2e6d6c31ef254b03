package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// Handover gathers what one shift hands over to the next.
type Handover struct {
	values   Values
	from, to time.Time
	places   gazetteer

	opened, cleared, acts []city.AlarmChange // in the order of time
	standing              []city.Alarm       // on the list at the end
	maintenance           []fault
	gaps                  []availability.Interval
}

// NewHandover returns an empty report on the time from inclusive to exclusive, whole seconds in the
// civic time zone. The values come from Parse.
func NewHandover(values Values, areas []city.Area, from, to time.Time) *Handover {
	return &Handover{values: values, from: from, to: to, places: newGazetteer(areas)}
}

// wants reports whether the values narrow the report to where an alarm is.
func (h *Handover) wants(a *city.Alarm) bool {
	p := place{location: a.Location, area: a.Area, contractor: a.Contractor}
	return p.wanted(h.values)
}

// Change adds a transition of the period. Add them in the order of time.
func (h *Handover) Change(c *city.AlarmChange) {
	if !h.wants(&c.Alarm) {
		return
	}
	switch c.What {
	case city.AlarmRaised:
		h.opened = append(h.opened, *c)
	case city.AlarmOver:
		h.cleared = append(h.cleared, *c)
	default: // what people did is told by who did it
	}
	if c.Actor != "" {
		h.acts = append(h.acts, *c)
	}
}

// Standing adds an alarm that was on the list at the end of the period, as it was then.
func (h *Handover) Standing(a *city.Alarm) {
	if h.wants(a) {
		h.standing = append(h.standing, *a)
	}
}

// Maintenance adds the stretches of a device that touch the period and in which it was in maintenance,
// in the order of time; others are passed over.
func (h *Handover) Maintenance(placements []availability.Placement, stretches []Stretch) {
	for _, f := range faultsOf(stretches, []city.Status{city.Maintenance}) {
		last := h.to
		if !f.open(h.to) {
			last = f.To
		}
		var registered bool
		if f.place, registered = h.places.at(placements, last.Add(-time.Microsecond)); registered && f.wanted(h.values) {
			h.maintenance = append(h.maintenance, f)
		}
	}
}

// Gap adds a time in which the center took nothing in. Add them in the order of their beginnings; those
// of several partitions may overlap.
func (h *Handover) Gap(from, to time.Time) {
	zone := h.from.Location()
	if from = from.In(zone); from.Before(h.from) {
		from = h.from
	}
	if to = to.In(zone); to.After(h.to) {
		to = h.to
	}
	if !from.Before(to) {
		return
	}
	if last := len(h.gaps) - 1; last >= 0 && !from.After(h.gaps[last].To) {
		if to.After(h.gaps[last].To) {
			h.gaps[last].To = to
		}
		return
	}
	h.gaps = append(h.gaps, availability.Interval{From: from, To: to})
}

// Report returns the report on what was added.
func (h *Handover) Report() Report {
	r := newReport(HandoverID, h.from, h.to, h.values)
	r.Method = handoverMethod()
	slices.SortStableFunc(h.standing, func(a, b city.Alarm) int { // worst first, then longest
		return cmp.Or(cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)), a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(h.maintenance, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.location, b.location), cmp.Compare(a.device, b.device), a.From.Compare(b.From))
	})
	open, hidden := h.open(), h.hidden()
	opened, cleared, acts := h.openedTable(), h.clearedTable(), h.actsTable()
	if len(h.gaps) > 0 {
		r.Notes = []city.Names{names("Trong ca có lúc trung tâm không nhận được gì: xem bảng cuối. Cảnh báo của lúc đó có thể thiếu.",
			"There was a time in the shift when the center took nothing in: see the last table. Alarms of that time may be missing.")}
	}
	r.Tables = []Table{h.summary(&opened, &cleared, &open, &hidden, &acts), open, hidden, opened, cleared, acts, h.maintenanceTable(), h.gapTable()}
	return r
}

func severityRank(s city.Severity) int {
	if s == city.SeverityCritical {
		return 0
	}
	return 1
}

func (h *Handover) summary(opened, cleared, open, hidden, acts *Table) Table {
	var seconds, unacknowledged int64
	for _, g := range h.gaps {
		seconds += g.To.Unix() - g.From.Unix()
	}
	for i := range h.standing {
		if a := &h.standing[i]; !a.Acknowledged && !a.Hidden() {
			unacknowledged++
		}
	}
	columns := []Column{
		{Key: "opened", Names: names("Mới phát sinh", "Opened"), Kind: KindCount},
		{Key: "cleared", Names: names("Đã hết", "Cleared"), Kind: KindCount},
		{Key: "open", Names: names("Còn trên danh sách", "Still on the list"), Kind: KindCount},
		{Key: "unacknowledged", Names: names("Chưa xác nhận", "Not acknowledged"), Kind: KindCount},
		{Key: "hidden", Names: names("Tạm gác, bị nén, bảo trì", "Shelved, suppressed, out of service"), Kind: KindCount},
		{Key: "acts", Names: names("Thao tác, ghi chú", "Acts and comments"), Kind: KindCount},
		{Key: "maintenance", Names: names("Đợt bảo trì", "Times in maintenance"), Kind: KindCount},
		{Key: "blind_s", Names: names("Trung tâm không nhận tin", "Center blind"), Unit: "s", Kind: KindSeconds},
	}
	return Table{Key: "summary", Names: names("Tóm tắt", "Summary"), Columns: columns, Rows: [][]Cell{{
		Whole(len(opened.Rows)), Whole(len(cleared.Rows)), Whole(len(open.Rows)), Whole(unacknowledged), Whole(len(hidden.Rows)),
		Whole(len(acts.Rows)), Whole(len(h.maintenance)), Whole(seconds),
	}}}
}

// alarmColumns are what every table of alarms begins with.
func alarmColumns(first ...Column) []Column {
	return append(first,
		Column{Key: "severity", Names: names("Mức độ", "Severity"), Kind: KindText},
		Column{Key: "title", Names: names("Cảnh báo", "Alarm"), Kind: KindText},
		Column{Key: "location", Names: names("Vị trí", "Location"), Kind: KindText},
		Column{Key: "device", Names: names("Thiết bị", "Device"), Kind: KindText},
		Column{Key: "contractor", Names: names("Nhà thầu", "Contractor"), Kind: KindText},
		Column{Key: "count", Names: names("Số thiết bị", "Devices"), Kind: KindCount},
	)
}

func alarmCells(a *city.Alarm, first ...Cell) []Cell {
	severity := Word{string(a.Severity), names("Cảnh báo", "Warning")}
	if a.Severity == city.SeverityCritical {
		severity.Names = names("Nghiêm trọng", "Critical")
	}
	return append(first, severity, Word{a.Title.EN, a.Title}, optionalText(a.Location), optionalText(a.Device), optionalText(a.Contractor), Whole(a.Count))
}

func timeColumn(key, vi, en string) Column {
	return Column{Key: key, Names: names(vi, en), Kind: KindTime}
}

func textColumn(key, vi, en string) Column {
	return Column{Key: key, Names: names(vi, en), Kind: KindText}
}

func alarmColumn() Column { return textColumn("alarm", "Mã", "Id") }

// open are the alarms on the active list at the end, worst first.
func (h *Handover) open() Table {
	t := Table{Key: "open", Names: names("Còn trên danh sách lúc cuối ca", "On the list at the end"), Columns: append(
		alarmColumns(timeColumn("raised_at", "Từ", "Since"), alarmColumn()),
		Column{Key: "age_s", Names: names("Tuổi", "Age"), Unit: "s", Kind: KindSeconds},
		textColumn("state", "Tình trạng", "State"), textColumn("acknowledged_by", "Người xác nhận", "Acknowledged by"),
		textColumn("assignee", "Giao cho", "Assigned to"), textColumn("comment", "Ghi chú", "Comment"),
	)}
	for i := range h.standing {
		a := &h.standing[i]
		if a.Hidden() {
			continue
		}
		t.Rows = append(t.Rows, append(alarmCells(a, h.moment(a.RaisedAt), Text(a.ID)),
			Whole(max(h.to.Unix()-a.RaisedAt.Unix(), 0)), stateWord(a.State), optionalText(a.AcknowledgedBy), optionalText(a.Assignee), optionalText(a.Comment)))
	}
	return t
}

func stateWord(s city.AlarmState) Word {
	if s == city.AlarmCleared {
		return Word{string(s), names("đã hết, chờ xác nhận", "cleared, to be acknowledged")}
	}
	return Word{string(s), names("đang diễn ra", "active")}
}

// hidden are the alarms that were not on the active list at the end, and why.
func (h *Handover) hidden() Table {
	t := Table{Key: "hidden", Names: names("Tạm gác, bị nén hoặc bảo trì lúc cuối ca", "Shelved, suppressed or out of service at the end"), Columns: append(
		alarmColumns(timeColumn("raised_at", "Từ", "Since"), alarmColumn()),
		textColumn("hidden", "Vì", "Because"), timeColumn("shelved_until", "Gác đến", "Shelved until"),
		textColumn("shelved_by", "Người gác", "Shelved by"), textColumn("why", "Lý do", "Why"),
	)}
	for i := range h.standing {
		a := &h.standing[i]
		if !a.Hidden() {
			continue
		}
		because := Word{"shelved", names("tạm gác", "shelved")}
		switch {
		case !a.ShelvedUntil.IsZero():
		case a.OutOfService:
			because = Word{"out_of_service", names("bảo trì", "maintenance")}
		default:
			because = Word{"suppressed", names("bị nén: cảnh báo khác nói thay", "suppressed: another alarm speaks for it")}
		}
		t.Rows = append(t.Rows, append(alarmCells(a, h.moment(a.RaisedAt), Text(a.ID)),
			because, h.moment(a.ShelvedUntil), optionalText(a.ShelvedBy), optionalText(a.ShelvedFor)))
	}
	return t
}

func (h *Handover) openedTable() Table {
	t := Table{Key: "opened", Names: names("Phát sinh trong ca", "Opened in the shift"), Columns: alarmColumns(timeColumn("at", "Lúc", "At"), alarmColumn())}
	for i := range h.opened {
		c := &h.opened[i]
		t.Rows = append(t.Rows, alarmCells(&c.Alarm, h.moment(c.At), Text(c.Alarm.ID)))
	}
	return t
}

func (h *Handover) clearedTable() Table {
	t := Table{Key: "cleared", Names: names("Hết trong ca", "Cleared in the shift"), Columns: append(
		alarmColumns(timeColumn("at", "Lúc", "At"), alarmColumn()), Column{Key: "lasted_s", Names: names("Đã kéo dài", "Lasted"), Unit: "s", Kind: KindSeconds})}
	for i := range h.cleared {
		c := &h.cleared[i]
		t.Rows = append(t.Rows, append(alarmCells(&c.Alarm, h.moment(c.At), Text(c.Alarm.ID)), Whole(max(c.At.Unix()-c.Alarm.RaisedAt.Unix(), 0))))
	}
	return t
}

// actsTable is what people did and said.
func (h *Handover) actsTable() Table {
	t := Table{Key: "acts", Names: names("Đã làm, đã ghi chú", "Done and said"), Columns: []Column{
		timeColumn("at", "Lúc", "At"), textColumn("actor", "Ai", "Who"), textColumn("what", "Việc", "What"),
		alarmColumn(), textColumn("title", "Cảnh báo", "Alarm"), textColumn("why", "Nội dung, lý do", "What was said, or why"),
	}}
	for i := range h.acts {
		c := &h.acts[i]
		t.Rows = append(t.Rows, []Cell{
			h.moment(c.At), Text(c.Actor), transitionWord(c.What), Text(c.Alarm.ID), Word{c.Alarm.Title.EN, c.Alarm.Title}, optionalText(c.Reason),
		})
	}
	return t
}

// transitionWord is what somebody did, as people call it.
func transitionWord(t city.Transition) Word {
	w := Word{Code: string(t)}
	switch t {
	case city.AlarmAcknowledged:
		w.Names = names("xác nhận", "acknowledged")
	case city.AlarmAssigned:
		w.Names = names("giao việc", "assigned")
	case city.AlarmCommented:
		w.Names = names("ghi chú", "commented")
	case city.AlarmShelved:
		w.Names = names("tạm gác", "shelved")
	case city.AlarmUnshelved:
		w.Names = names("bỏ gác", "unshelved")
	case city.AlarmEscalated:
		w.Names = names("chuyển cấp trên", "escalated")
	case city.AlarmClosed:
		w.Names = names("đóng", "closed")
	default:
		plain := strings.ReplaceAll(string(t), "_", " ")
		w.Names = names(plain, plain)
	}
	return w
}

func (h *Handover) maintenanceTable() Table {
	t := Table{Key: "maintenance", Names: names("Thiết bị bảo trì trong ca", "Devices in maintenance"), Columns: append(placeColumns(),
		timeColumn("from", "Từ", "From"), timeColumn("to", "Đến", "To"),
		Column{Key: "in_period_s", Names: names("Trong ca", "In the shift"), Unit: "s", Kind: KindSeconds})}
	for i := range h.maintenance {
		f := &h.maintenance[i]
		var to Cell
		if !f.open(h.to) {
			to = h.moment(f.To)
		}
		t.Rows = append(t.Rows, append(f.cells(), h.moment(f.From), to, Whole(f.seconds(h.from, h.to))))
	}
	return t
}

func (h *Handover) gapTable() Table {
	t := Table{Key: "gaps", Names: names("Lúc trung tâm không nhận tin", "When the center was blind"), Columns: []Column{
		timeColumn("from", "Từ", "From"), timeColumn("to", "Đến", "To"),
		{Key: "lasted_s", Names: names("Đã kéo dài", "Lasted"), Unit: "s", Kind: KindSeconds},
	}}
	for _, g := range h.gaps {
		t.Rows = append(t.Rows, []Cell{moment(g.From), moment(g.To), Whole(g.To.Unix() - g.From.Unix())})
	}
	return t
}

// moment is a time in the civic zone.
func (h *Handover) moment(t time.Time) Cell {
	if t.IsZero() {
		return nil
	}
	return Moment(t.In(h.from.Location()))
}

func handoverMethod() []city.Names {
	return []city.Names{
		names("Phát sinh và hết là những lần chuyển trạng thái của cảnh báo xảy ra trong ca; một cảnh báo tái diễn được liệt kê mỗi lần.",
			"Opened and cleared are the transitions of alarms that happened in the shift; an alarm that came again is listed each time."),
		names("Danh sách cuối ca là những cảnh báo chưa đóng (chưa hết, hoặc hết mà chưa được xác nhận) đúng lúc ca kết thúc, như khi đó. Diễn biến sau đó không được tính.",
			"The lists at the end are the alarms that were not closed (not cleared, or cleared and not acknowledged) when the shift ended, as they were then. What came later is not counted."),
		names("Đã làm, đã ghi chú là mọi thao tác do người thực hiện trong ca.", "Done and said is everything that people did in the shift."),
		names("Thiết bị bảo trì là thiết bị có trạng thái bảo trì vào một lúc nào đó trong ca.", "Devices in maintenance are those that had the status maintenance at some time of the shift."),
		names("Trung tâm không nhận tin khi nhật ký không có dấu thời gian nào trong hơn 5 giây: chương trình dừng, máy dừng hoặc nhật ký bị kẹt. Mất kết nối với máy chủ tin nhắn bên ngoài không nằm trong bảng này.",
			"The center was blind where its log has no mark of time for more than 5 seconds: the program or the machine stood still, or the log did. A lost connection to an external broker is not in this table."),
	}
}
