package frigate

import (
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Metrics and states. Those of the first two lines are the subsystem's own.
const (
	metricFPS, metricExpectedFPS, metricStorage = "fps", "expected_fps", "storage_used_pct"
	stateStream, stateRecording, stateFirmware  = "stream", "recording", "firmware"

	metricDetectionFPS = "detection_fps"
	metricProcessFPS   = "process_fps"
	metricSkippedFPS   = "skipped_fps"
	metricReconnects   = "reconnects_last_hour"
	metricStalls       = "stalls_last_hour"
	metricUptime       = "recorder_uptime_s"
	stateEnabled       = "camera_enabled"
)

// Words of states.
const (
	streamOK       = "ok"
	streamNoSignal = "no_signal"
	enabled        = "enabled"
	disabled       = "disabled"
)

func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// metrics are those that Frigate tells beyond a subsystem of cameras.
func metrics() []subsystem.Metric {
	return []subsystem.Metric{
		{
			Name: metricDetectionFPS, Names: names("Số lần nhận dạng mỗi giây", "Detection rate"), Unit: "1/s",
			Doc: "How often per second the recorder looks for objects in the camera's picture.",
		},
		{
			Name: metricProcessFPS, Names: names("Tốc độ xử lý khung hình", "Processed frame rate"), Unit: "fps",
			Doc: "Frames per second of the camera that the recorder processes.",
		},
		{
			Name: metricSkippedFPS, Names: names("Khung hình bị bỏ qua", "Skipped frame rate"), Unit: "fps",
			Doc: "Frames per second of the camera that the recorder is too slow to process.",
		},
		{
			Name: metricReconnects, Names: names("Số lần kết nối lại", "Reconnections"),
			Doc: "How often the recorder had to connect to the camera again in the last hour.",
		},
		{
			Name: metricStalls, Names: names("Số lần ngừng hình", "Stalls"),
			Doc: "How often the camera's stream stood still in the last hour.",
		},
		{
			Name: metricUptime, Names: names("Thời gian hoạt động của đầu ghi", "Recorder uptime"), Unit: "s",
			Doc: "How long the recorder's software has been running.",
		},
	}
}

// states are those that Frigate tells beyond a subsystem of cameras. That a camera is switched off is no
// fault: it is out of service, which its link shows, and with it the whole camera.
func states() []subsystem.State {
	return []subsystem.State{{
		Name: stateEnabled, Names: names("Trạng thái sử dụng", "In service"), Facet: city.Link,
		Doc: "Whether the camera is switched on in the recorder. One that is switched off is out of service, not faulty.",
		Words: []subsystem.Word{
			{Value: enabled, Status: city.OK, Names: names("Đang sử dụng", "In service")},
			{Value: disabled, Status: city.Maintenance, Reason: city.ReasonPlanned, Names: names("Tạm ngừng sử dụng", "Out of service")},
		},
	}}
}
