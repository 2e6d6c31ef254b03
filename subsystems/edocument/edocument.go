// Package edocument is the subsystem of electronic documents: what agencies exchange over the document
// axis, what lies beyond its deadline, and how much of it is digitally signed.
package edocument

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
		ID:         "edocument",
		Names:      city.Names{VI: "Văn bản điện tử", EN: "E-documents"},
		Doc:        "Documents that agencies send and receive electronically, those that wait too long, and those without a digital signature.",
		Cadence:    cadence,
		Topics:     native.Topics("edocument", native.Availability, native.Indicator),
		Indicators: slices.Concat(subsystem.Intraday(cadence, counters()...), subsystem.Intraday(time.Hour, ratios()...)),
	}
}

func counters() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "documents_sent", Names: city.Names{VI: "Văn bản đi", EN: "Documents sent"}, Doc: "Documents sent today over the exchange axis."},
		{Code: "documents_received", Names: city.Names{VI: "Văn bản đến", EN: "Documents received"}, Doc: "Documents received today over the exchange axis."},
		{
			Code: "documents_undelivered", Names: city.Names{VI: "Văn bản gửi chưa thành công", EN: "Documents undelivered"}, Doc: "Documents sent more than an hour ago that no recipient has confirmed.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(5), Critical: subsystem.At(50), Reason: "undelivered",
		},
		{
			Code: "documents_overdue", Names: city.Names{VI: "Văn bản quá hạn xử lý", EN: "Documents overdue"}, Doc: "Documents in process now whose deadline has passed.",
			Good: subsystem.Below, Target: subsystem.At(0), Warning: subsystem.At(20), Critical: subsystem.At(100), Reason: "overdue",
		},
	}
}

func ratios() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "signed_ratio", Names: city.Names{VI: "Tỷ lệ văn bản ký số", EN: "Digitally signed documents"},
			Unit: "%", Doc: "Documents sent today with a digital signature ÷ documents sent today.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(98), Critical: subsystem.At(90), Reason: "unsigned",
		},
		{
			Code: "processed_on_time_ratio", Names: city.Names{VI: "Tỷ lệ văn bản xử lý đúng hạn", EN: "Documents processed on time"},
			Unit: "%", Doc: "Documents finished by their deadline ÷ documents finished, this month so far.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(90), Critical: subsystem.At(80), Reason: "below_target",
		},
	}
}
