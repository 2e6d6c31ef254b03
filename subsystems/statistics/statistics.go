// Package statistics is the subsystem of official statistics: prices, production, trade and labour as
// the statistics office publishes them, and whether reports come in on time.
package statistics

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
		ID:      "statistics",
		Names:   city.Names{VI: "Chỉ tiêu thống kê", EN: "Statistics"},
		Doc:     "Figures of the provincial statistics office by month, quarter and year; a preliminary one is followed by its revisions.",
		Cadence: 31 * 24 * time.Hour,
		Topics:  native.Topics("statistics", native.Indicator),
		Indicators: slices.Concat(
			subsystem.Each(subsystem.Monthly, monthly()...),
			subsystem.Each(subsystem.Quarterly, subsystem.Indicator{
				Code: "unemployment_rate", Names: city.Names{VI: "Tỷ lệ thất nghiệp", EN: "Unemployment rate"},
				Unit: "%", Doc: "Unemployed persons ÷ labour force, of working age.", Scale: 100,
				Good: subsystem.Below, Warning: subsystem.At(3), Critical: subsystem.At(5), Reason: "above_target",
			}),
			subsystem.Each(subsystem.Yearly, subsystem.Indicator{Code: "population", Names: city.Names{VI: "Dân số trung bình", EN: "Average population"}, Doc: "Mean number of inhabitants over the year."}),
		),
	}
}

func monthly() []subsystem.Indicator {
	return []subsystem.Indicator{
		{
			Code: "cpi_yoy", Names: city.Names{VI: "Chỉ số giá tiêu dùng (CPI) so với cùng kỳ", EN: "Consumer prices, year on year"},
			Unit: "%", Doc: "Change of the consumer price index on the same month of last year.",
			Good: subsystem.Below, Target: new(4.5), Warning: new(4.5), Critical: new(7.0), Reason: "above_target",
		},
		{
			Code: "iip_yoy", Names: city.Names{VI: "Chỉ số sản xuất công nghiệp (IIP) so với cùng kỳ", EN: "Industrial production, year on year"},
			Unit: "%", Doc: "Change of the index of industrial production on the same month of last year.",
			Good: subsystem.Above, Warning: subsystem.At(0), Critical: subsystem.At(-10), Reason: "decline",
		},
		{
			Code: "retail_sales", Names: city.Names{VI: "Tổng mức bán lẻ hàng hóa và doanh thu dịch vụ tiêu dùng", EN: "Retail sales of goods and services"},
			Unit: "bn VND", Doc: "Turnover of the month at current prices.", Good: subsystem.Above,
		},
		{
			Code: "reports_on_time_ratio", Names: city.Names{VI: "Tỷ lệ báo cáo thống kê đúng hạn", EN: "Statistical reports on time"},
			Unit: "%", Doc: "Reports received by their date ÷ reports due in the month.", Scale: 100,
			Good: subsystem.Above, Target: subsystem.At(100), Warning: subsystem.At(95), Critical: subsystem.At(80), Reason: "overdue",
		},
	}
}
