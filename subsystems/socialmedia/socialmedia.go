// Package socialmedia is the subsystem of social listening: how much is said of the province, how much
// of it is negative, and which topics spread. It counts; it keeps no names.
package socialmedia

import (
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
		ID:         "socialmedia",
		Names:      city.Names{VI: "Mạng xã hội", EN: "Social listening"},
		Doc:        "How often the province is spoken of in public posts, how much of it is negative, and which topics spread. Only counts, no authors.",
		Cadence:    cadence,
		Topics:     native.Topics("socialmedia", native.Availability, native.Reading, native.Indicator, native.Event),
		Metrics:    metrics(),
		Indicators: subsystem.Intraday(cadence, indicators()...),
	}
}

func metrics() []subsystem.Metric {
	return []subsystem.Metric{
		{
			Name: "mentions_h", Names: city.Names{VI: "Lượt đề cập trong giờ", EN: "Mentions per hour"}, Unit: "/h", Doc: "Public posts and comments of the last hour that speak of the province.",
			Reason: "mention_surge", Direction: subsystem.Above, Warning: subsystem.At(500), Critical: subsystem.At(2_000),
		},
		{
			Name: "negative_pct", Names: city.Names{VI: "Tỷ lệ tiêu cực trong giờ", EN: "Negative share"}, Unit: "%", Doc: "Part of the mentions of the last hour whose sentiment is negative.",
			Reason: "negative_sentiment", Direction: subsystem.Above, Warning: subsystem.At(30), Critical: subsystem.At(50),
		},
	}
}

func indicators() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "mentions", Names: city.Names{VI: "Lượt đề cập trong ngày", EN: "Mentions today"}, Doc: "Public posts and comments of today that speak of the province."},
		{
			Code: "negative_ratio", Names: city.Names{VI: "Tỷ lệ đề cập tiêu cực trong ngày", EN: "Negative mentions today"},
			Unit: "%", Doc: "Negative mentions ÷ mentions, of the day so far.", Scale: 100,
			Good: subsystem.Below, Target: subsystem.At(15), Warning: subsystem.At(25), Critical: subsystem.At(40), Reason: "negative_sentiment",
		},
	}
}
