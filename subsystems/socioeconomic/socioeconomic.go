// Package socioeconomic is the subsystem of the socio-economic targets that a province answers for:
// growth, revenue, public investment, foreign capital and enterprises.
package socioeconomic

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
		ID:      "socioeconomic",
		Names:   city.Names{VI: "Chỉ tiêu kinh tế – xã hội", EN: "Socio-economic targets"},
		Doc:     "The targets of the yearly resolution, as departments report them by month and quarter.",
		Cadence: 31 * 24 * time.Hour,
		Topics:  native.Topics("socioeconomic", native.Indicator),
		Indicators: slices.Concat(subsystem.Each(subsystem.Monthly, monthly()...), subsystem.Each(subsystem.Quarterly, subsystem.Indicator{
			Code: "grdp_growth", Names: city.Names{VI: "Tốc độ tăng trưởng GRDP", EN: "GRDP growth"},
			Unit: "%", Doc: "Gross regional domestic product at constant prices, change on the same quarter of last year.",
			Good: subsystem.Above, Target: subsystem.At(8), Warning: subsystem.At(6), Critical: subsystem.At(3), Reason: "below_target",
		})),
	}
}

// monthly has no thresholds where a figure grows through the year: what is enough depends on the month.
func monthly() []subsystem.Indicator {
	return []subsystem.Indicator{
		{Code: "budget_revenue", Names: city.Names{VI: "Thu ngân sách nhà nước", EN: "Budget revenue"}, Unit: "bn VND", Doc: "State budget revenue raised in the province in the month.", Good: subsystem.Above},
		{
			Code: "budget_revenue_ratio", Names: city.Names{VI: "Thu ngân sách so với dự toán", EN: "Budget revenue of plan"},
			Unit: "%", Doc: "Budget revenue from January to the month ÷ the year's estimate.", Scale: 100, Good: subsystem.Above, Target: subsystem.At(100),
		},
		{
			Code: "disbursement_ratio", Names: city.Names{VI: "Tỷ lệ giải ngân vốn đầu tư công", EN: "Public investment disbursed"},
			Unit: "%", Doc: "Public investment paid out from January to the month ÷ the capital assigned for the year.", Scale: 100, Good: subsystem.Above, Target: subsystem.At(95),
		},
		{Code: "fdi_registered", Names: city.Names{VI: "Vốn FDI đăng ký", EN: "Registered FDI"}, Unit: "M USD", Doc: "Foreign direct investment registered in the month, new and added.", Good: subsystem.Above},
		{Code: "enterprises_new", Names: city.Names{VI: "Doanh nghiệp thành lập mới", EN: "New enterprises"}, Doc: "Enterprises registered in the month.", Good: subsystem.Above},
		{Code: "enterprises_left", Names: city.Names{VI: "Doanh nghiệp rút khỏi thị trường", EN: "Enterprises that left"}, Doc: "Enterprises dissolved or suspended in the month.", Good: subsystem.Below},
	}
}
