package store

import (
	"time"

	"opscenter/internal/city"
)

// The classes of data that others speak of by name.
const (
	ClassReadings    = "readings"
	ClassMinutes     = "minutes"
	ClassHours       = "hours"
	ClassStatuses    = "statuses"
	ClassEvents      = "events"
	ClassViolations  = "violations"
	ClassQuarantine  = "quarantine"
	ClassIndicators  = "indicators"
	ClassDiscovered  = "discovered"
	ClassAlarms      = "alarms"
	ClassTransitions = "transitions"
	ClassOutbox      = "outbox"
	ClassDeliveries  = "deliveries"
	ClassReports     = "reports"
	ClassArchive     = "archive"
	ClassAudit       = "audit"
	ClassMaintenance = "maintenance"
	ClassGaps        = "gaps"
)

const day = 24 * time.Hour

// class is one kind of data that is kept for a time: all that retention, holds and sizes know of it.
//
// What is large is split by time, so that forgetting is dropping a table. What is not stays whole for
// a reason: a key that must be unique over all time cannot be the key of a table that is split by
// time. An event and a violation are found again by the id that their sender gave them, however
// late the next message comes; a revision of an indicator replaces the same one told before; and
// status intervals of one device exclude each other, which PostgreSQL only checks within a table. An
// alarm and a discovered device are what they last were, and few.
type class struct {
	id    string
	names city.Names
	keep  time.Duration // unless configured otherwise; 0: for ever
	table string
	split *partitioned // nil: forgotten row by row

	// old is which rows are old, as SQL. $1 is the oldest time to keep and $2 is as far ahead of now:
	// a clock may be wrong either way. Empty: rows are never old, and no policy can make them so. age is
	// what the oldest row is found by.
	old, age string

	// begins and ends say what span of time a row is about, for holds; of rows that can be old.
	begins, ends string

	// device and location say whether a row t is of a hold h's. Empty: rows are not told apart, and a
	// hold on one device keeps them all.
	device, location string
}

// classes is the one list: a new kind of data is a row here. A class that is split keeps rows of days
// without a partition in <table>_default.
func classes() []class {
	readings, minutes, hours, quarantine := dailyReadings(), monthlyMinutes(), monthlyHours(), dailyQuarantine()
	transitions, archive := monthlyTransitions(), dailyArchive()
	const ofDevice, ofLocation = "t.device = h.device", "t.location = h.location"
	const received = "t.received_at < $1 OR t.received_at > $2"
	const bucket = "t.bucket < $1 OR t.bucket > $2"
	return []class{
		{
			id: ClassReadings, names: city.Names{VI: "Số đo", EN: "Readings"}, keep: 30 * day,
			table: "reading", split: &readings, old: received,
			begins: "least(t.observed_at, t.received_at)", ends: "greatest(t.observed_at, t.received_at)",
		},
		{
			id: ClassMinutes, names: city.Names{VI: "Số đo gộp theo phút", EN: "Roll-ups per minute"}, keep: 180 * day,
			table: "reading_minute", split: &minutes, old: bucket, begins: "t.bucket", ends: "t.bucket + interval '1 minute'",
		},
		{
			id: ClassHours, names: city.Names{VI: "Số đo gộp theo giờ", EN: "Roll-ups per hour"}, keep: 5 * 365 * day,
			table: "reading_hour", split: &hours, old: bucket, begins: "t.bucket", ends: "t.bucket + interval '1 hour'",
		},
		{
			id: ClassStatuses, names: city.Names{VI: "Lịch sử trạng thái", EN: "Status history"}, keep: 5 * 365 * day,
			table: "status_interval", old: "upper(t.during) <= $1 OR lower(t.during) > $2", age: "upper(t.during)",
			begins: "lower(t.during)", ends: "coalesce(upper(t.during), 'infinity')", device: ofDevice,
			location: "EXISTS (SELECT FROM placement p WHERE p.device = t.device AND p.location = h.location AND p.during && t.during)",
		},
		{
			id: ClassEvents, names: city.Names{VI: "Sự kiện", EN: "Events"}, keep: 365 * day,
			table: "event", old: received, age: "t.received_at",
			begins: "least(t.started_at, t.changed_at, t.received_at)", ends: "greatest(t.ended_at, t.changed_at, t.received_at)",
			device: ofDevice, location: ofLocation,
		},
		{
			id: ClassViolations, names: city.Names{VI: "Vi phạm", EN: "Violations"}, keep: 90 * day,
			table: "violation", old: received, age: "t.received_at",
			begins: "least(t.observed_at, t.received_at)", ends: "greatest(t.observed_at, t.received_at)",
			device: ofDevice, location: ofLocation,
		},
		{
			id: ClassQuarantine, names: city.Names{VI: "Bản tin không đọc được", EN: "Quarantine"}, keep: 30 * day,
			table: "quarantine", split: &quarantine, old: "t.at < $1 OR t.at > $2", begins: "t.at", ends: "t.at",
		},
		{
			id: ClassIndicators, names: city.Names{VI: "Chỉ tiêu", EN: "Indicators"}, keep: 10 * 365 * day,
			table: "indicator", old: received, age: "t.received_at",
			begins: "least(t.begins::timestamptz, t.observed_at, t.received_at)", ends: "greatest(t.observed_at, t.received_at)",
			device: ofDevice, location: ofLocation,
		},
		{
			id: ClassDiscovered, names: city.Names{VI: "Thiết bị chưa đăng ký", EN: "Discovered devices"}, keep: 30 * day,
			table: "discovered", old: "t.last_seen < $1 OR t.last_seen > $2", age: "t.last_seen",
			begins: "t.first_seen", ends: "t.last_seen",
		},
		{
			// An alarm that is still on the list is not old, however long it has stood.
			id: ClassAlarms, names: city.Names{VI: "Cảnh báo", EN: "Alarms"}, keep: 5 * 365 * day,
			table: "alarm", old: "t.closed_at < $1 OR t.closed_at > $2", age: "t.first_raised_at",
			begins: "t.first_raised_at", ends: "coalesce(t.closed_at, 'infinity')", device: ofDevice, location: ofLocation,
		},
		{
			id: ClassTransitions, names: city.Names{VI: "Diễn biến cảnh báo", EN: "Alarm transitions"}, keep: 5 * 365 * day,
			table: "alarm_transition", split: &transitions, old: "t.at < $1 OR t.at > $2", begins: "t.at", ends: "t.at",
			location: ofLocation,
		},
		{
			// What nobody routed yet is not old, and what still waits to be sent neither.
			id: ClassOutbox, names: city.Names{VI: "Hàng đợi thông báo", EN: "Outbox"}, keep: 30 * day,
			table: "outbox", old: "t.routed_at IS NOT NULL AND (t.at < $1 OR t.at > $2)", age: "t.at", begins: "t.at", ends: "t.at",
		},
		{
			id: ClassDeliveries, names: city.Names{VI: "Thông báo đã gửi", EN: "Notifications"}, keep: 365 * day,
			table: "delivery", old: "t.state <> 'waiting' AND (t.made_at < $1 OR t.made_at > $2)", age: "t.made_at",
			begins: "t.made_at", ends: "coalesce(t.ended_at, t.made_at)",
		},
		{
			// A job that waits or runs is not old.
			id: ClassReports, names: city.Names{VI: "Báo cáo đã lập", EN: "Reports made"}, keep: 30 * day,
			table: "report_job", old: "t.finished_at < $1 OR t.finished_at > $2", age: "t.finished_at",
			begins: "t.created_at", ends: "coalesce(t.finished_at, 'infinity')",
		},
		{
			id: ClassArchive, names: city.Names{VI: "Lưu trữ để xem lại", EN: "Archive of past pictures"}, keep: 30 * day,
			table: "archive", split: &archive, old: "t.at < $1 OR t.at > $2", begins: "t.at", ends: "t.at",
		},
		{
			// A row that went would break the chain of hashes.
			id: ClassAudit, names: city.Names{VI: "Nhật ký thao tác", EN: "Audit"},
			table: "audit", age: "t.at",
		},
		{
			// Availability of any year asks for what was planned, and when the center was blind.
			id: ClassMaintenance, names: city.Names{VI: "Lịch bảo trì", EN: "Maintenance windows"},
			table: "maintenance_window", age: "t.planned_at",
		},
		{
			id: ClassGaps, names: city.Names{VI: "Lúc trung tâm không nhận tin", EN: "Times when the center was blind"},
			table: "center_gap", age: "t.from_at",
		},
	}
}

// rows is the table that rows of the class are deleted from one by one.
func (c *class) rows() string {
	if c.split != nil {
		return c.table + "_default"
	}
	return c.table
}

// splits are the tables that are split by time.
func splits() []partitioned {
	var all []partitioned
	for _, c := range classes() {
		if c.split != nil {
			all = append(all, *c.split)
		}
	}
	return all
}
