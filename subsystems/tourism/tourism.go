// Package tourism is the subsystem of tourism: how crowded the places are that people come for, Đền
// Hùng above all, how many visitors come and stay, and what they spend.
package tourism

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
		ID:      "tourism",
		Names:   city.Names{VI: "Du lịch", EN: "Tourism"},
		Doc:     "How crowded Đền Hùng and other places are, how many visitors come, how many rooms are taken, and the revenue of the month.",
		Cadence: cadence,
		Topics:  topics(),
		Metrics: metrics(),
		States:  states(),
		Indicators: slices.Concat(
			subsystem.Intraday(cadence, visitors()),
			subsystem.Each(subsystem.Daily, lodging()),
			subsystem.Each(subsystem.Monthly, revenue()),
		),
	}
}

// topics are the common ones. A crowd changes faster than what is counted by the hour.
func topics() []subsystem.Topic {
	topics := native.Topics("tourism", native.Reading, native.Availability, native.Indicator, native.Event)
	topics[0].Cadence = 5 * time.Minute
	return topics
}

func metrics() []subsystem.Metric {
	return []subsystem.Metric{
		{
			Name: "crowd_pct", Names: city.Names{VI: "Mức độ đông so với sức chứa", EN: "Crowding"}, Unit: "%", Doc: "People in the place as a part of what it holds safely.",
			Reason: "crowded", Direction: subsystem.Above, Warning: subsystem.At(80), Critical: subsystem.At(95), DeadBand: 3,
		},
		{Name: "visitors_h", Names: city.Names{VI: "Lượt khách vào trong giờ", EN: "Visitors per hour"}, Unit: "/h", Doc: "People who came in during the last hour."},
	}
}

func states() []subsystem.State {
	return []subsystem.State{{
		Name: "crowd_level", Names: city.Names{VI: "Mức độ đông", EN: "Crowd level"},
		Doc: "How crowded the place is in the words of whoever runs it, who also see what counters do not.",
		Words: []subsystem.Word{
			{Value: "low", Status: city.OK, Names: city.Names{VI: "Vắng", EN: "Low"}},
			{Value: "moderate", Status: city.OK, Names: city.Names{VI: "Vừa phải", EN: "Moderate"}},
			{Value: "high", Status: city.Warning, Reason: "crowded", Names: city.Names{VI: "Đông", EN: "High"}},
			{Value: "full", Status: city.Critical, Reason: "crowded", Names: city.Names{VI: "Quá tải", EN: "Full"}},
		},
	}}
}

func visitors() subsystem.Indicator {
	return subsystem.Indicator{Code: "visitors", Names: city.Names{VI: "Lượt khách tham quan", EN: "Visitors today"}, Doc: "Visits today, to the place that the scope names or to all."}
}

func lodging() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "lodging_occupancy_ratio", Names: city.Names{VI: "Công suất sử dụng buồng phòng", EN: "Lodging occupancy"},
		Unit: "%", Doc: "Rooms taken in the night ÷ rooms on offer.", Scale: 100, Good: subsystem.Above, Target: subsystem.At(60),
	}
}

func revenue() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "tourism_revenue", Names: city.Names{VI: "Doanh thu du lịch", EN: "Tourism revenue"}, Unit: "bn VND",
		Doc: "What visitors spent in the month, in billions of đồng.", Good: subsystem.Above,
	}
}
