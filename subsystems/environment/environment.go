// Package environment is the subsystem of the environment: air, weather, noise and rivers, as stations
// and sensors measure them, and the air quality index that follows from it.
package environment

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
	return subsystem.Spec{
		ID:         "environment",
		Names:      city.Names{VI: "Môi trường", EN: "Environment"},
		Doc:        "Stations and sensors of air, weather, noise and rivers; the hourly air quality index by the Vietnamese method; warnings.",
		Cadence:    5 * time.Minute,
		Topics:     native.Topics("environment", native.Availability, native.Reading, native.Indicator, native.Event),
		Metrics:    slices.Concat(air(), weather(), sensors()),
		Indices:    []subsystem.Index{{Metric: "aqi", Inputs: inputs(), Hours: nowcastHours, Compute: aqi}},
		Indicators: slices.Concat(subsystem.Intraday(time.Hour, network()...), subsystem.Each(subsystem.Monthly, waste())),
	}
}

// network are the indicators of the monitoring network as a whole.
func network() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "good_air_ratio", Names: city.Names{VI: "Tỷ lệ trạm có chất lượng không khí tốt, trung bình", EN: "Stations with good or moderate air"},
			Unit: "%", Doc: "Stations whose highest index of the day so far is 100 at most ÷ stations with an index.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(90), Warning: subsystem.At(70), Critical: subsystem.At(40), Reason: "bad_air",
		},
		{
			Code: "valid_data_ratio", Names: city.Names{VI: "Tỷ lệ số liệu quan trắc hợp lệ", EN: "Valid measurements"},
			Unit: "%", Doc: "Hourly values that passed quality control ÷ hourly values due, of the day so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(80), Critical: subsystem.At(60), Reason: "data_gaps",
		},
	}
}

func waste() subsystem.Indicator {
	return subsystem.Indicator{
		Code: "waste_collected_ratio", Names: city.Names{VI: "Tỷ lệ chất thải rắn sinh hoạt được thu gom, xử lý", EN: "Household waste collected"},
		Unit: "%", Doc: "Tonnes of household waste collected and treated ÷ tonnes estimated to arise.", Scale: 100,
		Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(85), Reason: "below_target",
	}
}
