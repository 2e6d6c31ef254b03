// Package health is the subsystem of health care: who comes to the hospitals, whether there are beds
// and ambulances for them, what the insurance accepts, and which diseases spread.
package health

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
		ID:      "health",
		Names:   city.Names{VI: "Y tế", EN: "Health"},
		Doc:     "Visits, emergencies, beds and ambulances by hospital; insurance claims; notifiable diseases by week; whether hospital systems answer.",
		Cadence: cadence,
		Topics:  native.Topics("health", native.Availability, native.Indicator, native.Event),
		Indicators: slices.Concat(
			subsystem.Intraday(cadence, counters()...),
			subsystem.Each(subsystem.Daily, quality()...),
			subsystem.Each(subsystem.Weekly, diseases()...),
		),
	}
}

func counters() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "outpatient_visits", Names: city.Names{VI: "Lượt khám ngoại trú", EN: "Outpatient visits"}, Doc: "Outpatients registered today."},
		{Code: "emergencies", Names: city.Names{VI: "Lượt cấp cứu", EN: "Emergencies"}, Doc: "Patients admitted to emergency departments today."},
		{Code: "ambulance_responses", Names: city.Names{VI: "Chuyến xe cấp cứu 115", EN: "Ambulance responses"}, Doc: "Ambulances sent out today on calls to 115."},
		{
			Code: "bed_occupancy_ratio", Names: city.Names{VI: "Công suất sử dụng giường bệnh", EN: "Bed occupancy"},
			Unit: "%", Doc: "Inpatients now ÷ beds in the plan; above 100 % patients share beds.", Scale: 100,
			Good: subsystem.Below, Target: subsystem.At(85), Warning: subsystem.At(95), Critical: subsystem.At(110), Reason: "over_capacity",
		},
	}
}

func quality() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "ambulance_minutes", Names: city.Names{VI: "Thời gian đáp ứng cấp cứu 115", EN: "Ambulance response time"},
			Unit: "min", Doc: "Median time from the call to the arrival of the ambulance, over the responses of the day.",
			Good: subsystem.Below, Target: subsystem.At(12), Warning: subsystem.At(15), Critical: subsystem.At(25), Reason: "slow_response",
		},
		{
			Code: "insurance_claims_ratio", Names: city.Names{VI: "Tỷ lệ hồ sơ BHYT được chấp nhận", EN: "Insurance claims accepted"},
			Unit: "%", Doc: "Health insurance claims accepted by the assessor ÷ claims assessed, this month so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(98), Warning: subsystem.At(95), Critical: subsystem.At(90), Reason: "claims_refused",
		},
	}
}

func diseases() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "dengue_cases", Names: city.Names{VI: "Ca mắc sốt xuất huyết Dengue", EN: "Dengue cases"}, Doc: "New cases notified in the week.",
			Good: subsystem.Below, Warning: subsystem.At(20), Critical: subsystem.At(60), Reason: "outbreak",
		},
		{
			Code: "hfmd_cases", Names: city.Names{VI: "Ca mắc tay chân miệng", EN: "Hand, foot and mouth disease cases"}, Doc: "New cases notified in the week.",
			Good: subsystem.Below, Warning: subsystem.At(40), Critical: subsystem.At(120), Reason: "outbreak",
		},
	}
}
