// Package citizenfeedback is the subsystem of what citizens report: holes in the road, dark lamps, waste
// that nobody collected. Every report is a case, which somebody answers by a time.
package citizenfeedback

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
	const cadence = time.Hour
	return subsystem.Spec{
		ID:         "citizenfeedback",
		Names:      city.Names{VI: "Phản ánh của người dân", EN: "Citizen feedback"},
		Doc:        "Reports of citizens as they come in, are worked off and answered: how many are open, how many late, and whether people are content.",
		Cadence:    cadence,
		Topics:     native.Topics("citizenfeedback", native.Availability, native.Indicator, native.Event),
		Indicators: slices.Concat(subsystem.Computed(reports()...), subsystem.Intraday(cadence, satisfaction()), subsystem.Each(subsystem.Monthly, punctuality())),
		Cases: []subsystem.Cases{{
			Kind: native.Event, DueAfter: 7 * 24 * time.Hour,
			New: "reports_new", Open: "reports_open", Overdue: "reports_overdue", Closed: "reports_closed", Hours: "hours_to_close",
		}},
	}
}

// reports are what the center counts of the cases.
func reports() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "reports_new", Names: city.Names{VI: "Phản ánh mới", EN: "New reports"}, Doc: "Reports that came in today."},
		{Code: "reports_open", Names: city.Names{VI: "Phản ánh đang xử lý", EN: "Open reports"}, Doc: "Reports without an answer."},
		{
			Code: "reports_overdue", Names: city.Names{VI: "Phản ánh quá hạn", EN: "Overdue reports"}, Doc: "Open reports past the time by which they were due.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(5), Critical: subsystem.At(20), Reason: "overdue",
		},
		{Code: "reports_closed", Names: city.Names{VI: "Phản ánh đã xử lý", EN: "Closed reports"}, Doc: "Reports answered today."},
		{
			Code: "hours_to_close", Names: city.Names{VI: "Thời gian xử lý trung vị", EN: "Median time to close"}, Unit: "h",
			Doc:  "Median time from a report to its answer, over those answered in the last 30 days.",
			Good: subsystem.Below, Target: subsystem.At(72), Warning: subsystem.At(120), Critical: subsystem.At(168), Reason: "slow_answers",
		},
	}
}

func satisfaction() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "satisfaction_ratio", Names: city.Names{VI: "Tỷ lệ người dân hài lòng", EN: "Citizens content"},
		Unit: "%", Doc: "Ratings that say content or very content ÷ ratings given today.", Scale: 100,
		Good: subsystem.Above, Target: subsystem.At(90), Warning: subsystem.At(80), Critical: subsystem.At(60), Reason: "low_satisfaction",
	}
}

func punctuality() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "on_time_ratio", Names: city.Names{VI: "Tỷ lệ trả lời đúng hạn", EN: "Answered on time"},
		Unit: "%", Doc: "Reports answered by their time ÷ reports answered in the month.", Scale: 100,
		Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(90), Critical: subsystem.At(75), Reason: "late_answers",
	}
}
