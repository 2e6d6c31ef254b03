// Package education is the subsystem of schools: how many pupils and teachers there are, who is there
// today, and whether school kitchens are inspected.
package education

import (
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

const day = 24 * time.Hour

// Factory returns the subsystem.
func Factory() subsystem.Factory { return native.Standard(spec()) }

func spec() subsystem.Spec {
	return subsystem.Spec{
		ID:      "education",
		Names:   city.Names{VI: "Giáo dục", EN: "Education"},
		Doc:     "Pupils, teachers and schools by term, attendance by school day, inspections of kitchens by month, and closures.",
		Cadence: 36 * time.Hour, // three of which reach over a weekend
		Topics:  native.Topics("education", native.Indicator, native.Event),
		Indicators: slices.Concat(
			subsystem.Told(subsystem.Daily, day, 4*day, attendance()...), // no school on Sundays and some holidays
			subsystem.Each(subsystem.Monthly, subsystem.Indicator{
				Code: "kitchens_inspected_ratio", Names: city.Names{VI: "Tỷ lệ bếp ăn bán trú được kiểm tra", EN: "School kitchens inspected"},
				Unit: "%", Doc: "School kitchens whose food safety was inspected in the month ÷ school kitchens at work.", Scale: 100,
				Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(90), Critical: subsystem.At(70), Reason: "uninspected",
			}),
			subsystem.Told(subsystem.Yearly, 122*day, 150*day, census()...), // at the start, in the middle and at the end
		),
	}
}

func attendance() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "attendance_ratio", Names: city.Names{VI: "Tỷ lệ chuyên cần", EN: "Attendance"},
			Unit: "%", Doc: "Pupils present ÷ pupils on the roll, of the classes that had school on the day.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(97), Warning: subsystem.At(94), Critical: subsystem.At(85), Reason: "absence",
		},
		{
			Code: "teachers_present_ratio", Names: city.Names{VI: "Tỷ lệ giáo viên có mặt", EN: "Teachers present"},
			Unit: "%", Doc: "Teachers present ÷ teachers on duty on the day.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(98), Warning: subsystem.At(95), Critical: subsystem.At(85), Reason: "absence",
		},
	}
}

// census is told for the year in which the school year begins, and revised each term.
func census() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "schools", Names: city.Names{VI: "Số trường học", EN: "Schools"}, Doc: "Kindergartens and schools that teach, public and private."},
		{Code: "pupils", Names: city.Names{VI: "Số học sinh", EN: "Pupils"}, Doc: "Children and pupils on the roll, from kindergarten to upper secondary school."},
		{Code: "teachers", Names: city.Names{VI: "Số giáo viên", EN: "Teachers"}, Doc: "Teachers in post, from kindergarten to upper secondary school."},
		{
			Code: "pupils_per_teacher", Names: city.Names{VI: "Số học sinh trên một giáo viên", EN: "Pupils per teacher"},
			Doc: "Pupils on the roll ÷ teachers in post.", Scale: 1,
			Good: subsystem.Below, Target: subsystem.At(20), Warning: subsystem.At(25), Critical: subsystem.At(30), Reason: "understaffed",
		},
	}
}
