package workload

import "opscenter/internal/city"

// Method says, sentence by sentence, how the figures are made, so that whoever doubts them can make
// them again from the alarms' transitions.
func Method() []city.Names {
	return []city.Names{
		{
			EN: "An alarm counts as new each time that it becomes active; alarms that are kept from the list by something else are not raised and do not count.",
			VI: "Mỗi lần cảnh báo trở thành đang hoạt động được tính là một cảnh báo mới; cảnh báo bị giữ lại vì nguyên nhân khác thì không phát sinh và không được tính.",
		},
		{
			EN: "Alarms per ten minutes are new alarms ÷ the period × ten minutes ÷ operators; the most is that of the worst ten minutes, wherever they begin.",
			VI: "Số cảnh báo trong mười phút = cảnh báo mới ÷ kỳ × mười phút ÷ số người trực; giá trị lớn nhất là của mười phút nhiều nhất, bắt đầu ở bất kỳ thời điểm nào.",
		},
		{
			EN: "It is a flood at a moment when more than ten alarms per operator became active in the ten minutes up to it. The wall goes on saying so until there are fewer than five.",
			VI: "Một thời điểm là lũ cảnh báo khi trong mười phút trước đó có hơn mười cảnh báo mới trên mỗi người trực. Màn hình còn báo lũ cho đến khi dưới năm cảnh báo.",
		},
		{
			EN: "A source chatters when it became active and cleared three times within a minute.",
			VI: "Một nguồn bị nhiễu (chattering) khi phát sinh rồi hết ba lần trong vòng một phút.",
		},
		{
			EN: "An alarm is standing when at the end of the period it has been on the list for more than 24 hours, active or not.",
			VI: "Cảnh báo tồn đọng là cảnh báo đã ở trong danh sách hơn 24 giờ tính đến cuối kỳ, dù còn hoạt động hay không.",
		},
		{
			EN: "The time to acknowledge runs from when an alarm was raised, became worse, or its acknowledgement expired, whichever was first without an acknowledgement since, and counts in the period in which somebody acknowledged it.",
			VI: "Thời gian xác nhận tính từ khi cảnh báo phát sinh, nặng hơn hoặc xác nhận hết hạn, lấy mốc sớm nhất chưa được xác nhận, và thuộc kỳ có người xác nhận.",
		},
		{
			EN: "The time to clear runs from when an alarm became active to when it cleared, and counts in the period in which it cleared.",
			VI: "Thời gian khắc phục tính từ khi cảnh báo hoạt động đến khi hết, và thuộc kỳ mà cảnh báo hết.",
		},
	}
}
