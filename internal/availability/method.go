package availability

import "opscenter/internal/city"

// Method says, sentence by sentence, how a report is made, so that whoever doubts it can make it
// again. It is printed with every report.
func Method() []city.Names {
	return []city.Names{
		{
			EN: "A device is up while its status is ok or warning, and down while it is critical, whichever facet is the cause.",
			VI: "Thiết bị được tính là hoạt động khi trạng thái là ok hoặc warning, và là hỏng khi critical, do bất kỳ khía cạnh nào.",
		},
		{
			EN: "Time is unknown while the status is stale or unknown (silent, never heard, or what it hangs on is down), and where nothing was recorded.",
			VI: "Thời gian là không rõ khi trạng thái là stale hoặc unknown (im lặng, chưa từng có tín hiệu, hoặc thiết bị cấp trên hỏng), và khi không có ghi nhận nào.",
		},
		{
			EN: "Maintenance is time with the status maintenance.",
			VI: "Bảo trì là thời gian có trạng thái maintenance.",
		},
		{
			EN: "A device's period is the part of the report's in which it was registered there: not before its registration, not after its removal.",
			VI: "Kỳ của một thiết bị là phần của kỳ báo cáo mà thiết bị được đăng ký tại đó: không tính trước khi đăng ký và sau khi gỡ bỏ.",
		},
		{
			EN: "Every boundary counts from the beginning of its second; up, down, unknown and maintenance add up to the period exactly.",
			VI: "Mỗi mốc thời gian được tính từ đầu giây của nó; hoạt động, hỏng, không rõ và bảo trì cộng lại đúng bằng kỳ.",
		},
		{
			EN: "Availability is up ÷ (up + down); the floor is up ÷ (up + down + unknown), the availability if all unknown time had been down.",
			VI: "Độ sẵn sàng = hoạt động ÷ (hoạt động + hỏng); mức sàn = hoạt động ÷ (hoạt động + hỏng + không rõ), tức là nếu mọi thời gian không rõ đều là hỏng.",
		},
		{
			EN: "An outage begins when a device goes down and ends when it is up again or the period ends; unknown time and maintenance do not divide it, and only its down time counts to its length.",
			VI: "Một lần gián đoạn bắt đầu khi thiết bị hỏng và kết thúc khi hoạt động trở lại hoặc hết kỳ; thời gian không rõ và bảo trì không chia cắt nó, và chỉ thời gian hỏng được tính vào độ dài.",
		},
		{
			EN: "MTTR is down ÷ outages, MTBF is up ÷ outages; both are absent when there was no outage.",
			VI: "MTTR = hỏng ÷ số lần gián đoạn, MTBF = hoạt động ÷ số lần gián đoạn; không có khi không có gián đoạn nào.",
		},
		{
			EN: "Time belongs to the location and the contractor that the device had then, and to an area only between the dates that it is in force; the rest is in the row without an id.",
			VI: "Thời gian thuộc về vị trí và nhà thầu của thiết bị khi đó, và chỉ thuộc về một khu vực trong thời hạn hiệu lực của nó; phần còn lại nằm ở dòng không có mã.",
		},
	}
}

// MonthMethod is what Method says further of a report by month.
func MonthMethod() city.Names {
	return city.Names{
		EN: "A month is that of the calendar in the civic time zone; an outage that goes on across its end is one outage in each month, as long there as its down time in it.",
		VI: "Tháng được tính theo lịch trong múi giờ địa phương; một lần gián đoạn kéo dài qua cuối tháng được tính là một lần trong mỗi tháng, với độ dài là thời gian hỏng trong tháng đó.",
	}
}
