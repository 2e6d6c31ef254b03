// Package infosecurity is the subsystem of information security: incidents that are opened and closed,
// attacks and malware by the day, and how well endpoints and systems are protected.
package infosecurity

import (
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

// Factory returns the subsystem.
func Factory() subsystem.Factory { return native.Standard(spec()) }

func spec() subsystem.Spec {
	const cadence = 15 * time.Minute
	return subsystem.Spec{
		ID:      "infosecurity",
		Names:   city.Names{VI: "An toàn thông tin", EN: "Information security"},
		Doc:     "Security incidents from their report to their end, attacks and malware seen today, and how well endpoints and systems are protected.",
		Cadence: cadence,
		Topics:  native.Topics("infosecurity", native.Availability, native.Indicator, native.Event),
		Indicators: slices.Concat(
			subsystem.Computed(incidents()...),
			subsystem.Intraday(cadence, alerts()...),
			subsystem.Each(subsystem.Daily, endpoints()...),
			subsystem.Each(subsystem.Monthly, approval()),
		),
		Cases: []subsystem.Cases{{
			Kind: native.Event, DueAfter: 72 * time.Hour,
			New: "incidents_new", Open: "incidents_open", Overdue: "incidents_overdue", Closed: "incidents_closed", Hours: "hours_to_resolve",
		}},
	}
}

// incidents are what the center counts of the cases.
func incidents() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "incidents_new", Names: city.Names{VI: "Sự cố mới", EN: "New incidents"}, Doc: "Incidents opened today."},
		{
			Code: "incidents_open", Names: city.Names{VI: "Sự cố đang xử lý", EN: "Open incidents"}, Doc: "Incidents that are not resolved.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(3), Critical: subsystem.At(10), Reason: "open_incidents",
		},
		{
			Code: "incidents_overdue", Names: city.Names{VI: "Sự cố quá hạn xử lý", EN: "Overdue incidents"}, Doc: "Open incidents past the time by which they were due.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(0), Critical: subsystem.At(3), Reason: "overdue",
		},
		{Code: "incidents_closed", Names: city.Names{VI: "Sự cố đã xử lý", EN: "Closed incidents"}, Doc: "Incidents resolved today."},
		{
			Code: "hours_to_resolve", Names: city.Names{VI: "Thời gian xử lý sự cố trung vị", EN: "Median time to resolve"}, Unit: "h",
			Doc:  "Median time from the opening of an incident to its end, over those resolved in the last 30 days.",
			Good: subsystem.Below, Target: subsystem.At(24), Warning: subsystem.At(48), Critical: subsystem.At(72), Reason: "slow_response",
		},
	}
}

// alerts are the counters of the monitoring system since midnight.
func alerts() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "attacks_blocked", Names: city.Names{VI: "Cuộc tấn công bị ngăn chặn", EN: "Attacks blocked"}, Doc: "Attacks that firewalls and intrusion prevention stopped today."},
		{
			Code: "malware_alerts", Names: city.Names{VI: "Cảnh báo mã độc", EN: "Malware alerts"}, Doc: "Detections of malware on endpoints and in mail today.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(50), Critical: subsystem.At(200), Reason: "malware",
		},
	}
}

func endpoints() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "endpoints_protected_ratio", Names: city.Names{VI: "Tỷ lệ máy trạm được bảo vệ phòng chống mã độc", EN: "Endpoints protected"},
			Unit: "%", Doc: "Endpoints whose protection against malware runs and is up to date ÷ endpoints in use.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(95), Critical: subsystem.At(85), Reason: "unprotected",
		},
		{
			Code: "patched_ratio", Names: city.Names{VI: "Tỷ lệ lỗ hổng nghiêm trọng đã được vá", EN: "Critical vulnerabilities patched"},
			Unit: "%", Doc: "Critical vulnerabilities patched ÷ critical vulnerabilities found, over those due by the day.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(90), Critical: subsystem.At(70), Reason: "unpatched",
		},
	}
}

func approval() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "systems_approved_ratio", Names: city.Names{VI: "Tỷ lệ hệ thống thông tin được phê duyệt cấp độ an toàn", EN: "Systems with an approved security level"},
		Unit: "%", Doc: "Information systems whose security level is approved ÷ information systems in operation.", Scale: 100,
		Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(90), Critical: subsystem.At(60), Reason: "unapproved",
	}
}
