// Package publicservice is the subsystem of public administrative services: what the one-stop offices
// receive, resolve and owe, and how far their procedures are digital.
package publicservice

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
		ID:      "publicservice",
		Names:   city.Names{VI: "Dịch vụ hành chính công", EN: "Public services"},
		Doc:     "Dossiers at the one-stop offices as the day passes, and how far procedures are digital and on time.",
		Cadence: cadence,
		Topics:  native.Topics("publicservice", native.Availability, native.Indicator, native.Event),
		Indicators: slices.Concat(
			subsystem.Intraday(cadence, counters()...),
			subsystem.Each(subsystem.Daily, progress()...),
			subsystem.Each(subsystem.Monthly, subsystem.Indicator{
				Code: "service_score", Names: city.Names{VI: "Điểm đánh giá theo Quyết định 766", EN: "Service score (Decision 766)"},
				Unit: "/100", Doc: "Points out of 100 for serving citizens and businesses, as Decision 766/QĐ-TTg of 23 June 2022 adds them up.",
				Good: subsystem.Above, Target: subsystem.At(80), Warning: subsystem.At(70), Critical: subsystem.At(50), Reason: "below_target",
			}),
		),
	}
}

func counters() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "dossiers_received", Names: city.Names{VI: "Hồ sơ tiếp nhận", EN: "Dossiers received"}, Doc: "Dossiers received today, at the counter and online."},
		{Code: "dossiers_resolved", Names: city.Names{VI: "Hồ sơ đã giải quyết", EN: "Dossiers resolved"}, Doc: "Dossiers whose result was issued today."},
		{Code: "dossiers_waiting", Names: city.Names{VI: "Hồ sơ đang giải quyết", EN: "Dossiers waiting"}, Doc: "Dossiers that wait for their result now, in time or not."},
		{
			Code: "dossiers_overdue", Names: city.Names{VI: "Hồ sơ quá hạn", EN: "Dossiers overdue"}, Doc: "Of the dossiers that wait, those past the date of their receipt slip.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(50), Critical: subsystem.At(200), Reason: "overdue",
		},
	}
}

// progress is what a provincial report counts from 1 January to the day.
func progress() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "on_time_ratio", Names: city.Names{VI: "Tỷ lệ hồ sơ giải quyết đúng hạn", EN: "Dossiers resolved on time"},
			Unit: "%", Doc: "Dossiers resolved by their date ÷ dossiers resolved, this year so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(95), Critical: subsystem.At(90), Reason: "below_target",
		},
		{
			Code: "digitised_ratio", Names: city.Names{VI: "Tỷ lệ số hóa hồ sơ", EN: "Dossiers digitised"},
			Unit: "%", Doc: "Dossiers digitised on receipt ÷ dossiers received, this year so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(80), Warning: subsystem.At(70), Critical: subsystem.At(50), Reason: "below_target",
		},
		{
			Code: "electronic_result_ratio", Names: city.Names{VI: "Tỷ lệ cấp kết quả điện tử", EN: "Electronic results"},
			Unit: "%", Doc: "Results issued in signed electronic form ÷ results issued, this year so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(90), Warning: subsystem.At(80), Critical: subsystem.At(60), Reason: "below_target",
		},
		{
			Code: "online_procedures", Names: city.Names{VI: "Thủ tục cung cấp trực tuyến", EN: "Online procedures"},
			Doc: "Administrative procedures that are offered online, in full or in part.", Good: subsystem.Above,
		},
		{
			Code: "online_procedures_ratio", Names: city.Names{VI: "Tỷ lệ thủ tục trực tuyến", EN: "Procedures offered online"},
			Unit: "%", Doc: "Procedures offered online ÷ procedures received and returned at the offices.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(80), Warning: subsystem.At(60), Critical: subsystem.At(40), Reason: "below_target",
		},
	}
}
