package trafficsafety

import (
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// cadence is how often a camera reports its health at the least.
const cadence = time.Minute

func spec() subsystem.Spec {
	return subsystem.Spec{
		ID:    "trafficsafety",
		Names: names("Camera an ninh và giao thông", "Traffic safety cameras"),
		Doc: "Cameras at junctions, bridges and squares: whether they answer, record and see; how many " +
			"vehicles pass, how fast and how densely; incidents and violations.",
		Cadence:    cadence,
		Topics:     topics(),
		Metrics:    append(healthMetrics(), flowMetrics()...),
		States:     states(),
		Aggregates: aggregates(),
	}
}

func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

func topics() []subsystem.Topic {
	const device = "{root}/trafficsafety/{location}/{device}/"
	return []subsystem.Topic{
		{Pattern: device + "availability", Kind: "availability", Doc: "Plain text online or offline, retained; the camera's last will."},
		{Pattern: device + "health", Kind: "health", Doc: "How well the camera is, every 30 to 60 seconds."},
		{Pattern: device + "flow", Kind: "flow", Doc: "What passed in a window of time that ended at ts, by lane and direction."},
		{Pattern: device + "incident", Kind: "incident", EventOnly: true, Doc: "An incident as it starts, changes and ends."},
		{Pattern: device + "violation", Kind: "violation", EventOnly: true, Doc: "A violation, once. The plate is sealed on arrival and shown masked."},
	}
}

func healthMetrics() []subsystem.Metric {
	at := subsystem.At
	return []subsystem.Metric{
		{
			Name: "fps", Names: names("Tốc độ khung hình", "Frame rate"), Unit: "fps",
			Doc:   "Frames per second that the camera delivers, judged as a percentage of what is expected of it.",
			Facet: city.Image, Reason: "low_fps", Of: "expected_fps",
			Direction: subsystem.Below, Warning: at(80), Critical: at(50), DeadBand: 5,
		},
		{
			Name: "expected_fps", Names: names("Tốc độ khung hình yêu cầu", "Expected frame rate"), Unit: "fps",
			Doc: "Frames per second that the camera is set to deliver.",
		},
		{
			Name: "bitrate_kbps", Names: names("Tốc độ bit", "Bit rate"), Unit: "kbit/s",
			Doc:   "Bit rate of the main stream. A very low one means a picture without detail.",
			Facet: city.Image, Reason: "low_bitrate", Direction: subsystem.Below, Warning: at(256), DeadBand: 32,
		},
		{
			Name: "clock_offset_ms", Names: names("Độ lệch đồng hồ", "Clock offset"), Unit: "ms",
			Doc:   "The camera's clock less the true time. A wrong clock spoils recordings as evidence.",
			Facet: city.Image, Reason: "clock_drift", Magnitude: true,
			Direction: subsystem.Above, Warning: at(2_000), Critical: at(60_000), DeadBand: 200,
		},
		{
			Name: "storage_used_pct", Names: names("Dung lượng lưu trữ đã dùng", "Storage used"), Unit: "%",
			Doc:   "Part of the recording storage that is in use.",
			Facet: city.Recording, Reason: "storage_full", Direction: subsystem.Above, Warning: at(90), Critical: at(98), DeadBand: 1,
		},
		{
			Name: "retention_days", Names: names("Thời gian lưu trữ", "Retention"), Unit: "d",
			Doc:   "Age of the oldest recording that is still kept, in days.",
			Facet: city.Recording, Reason: "retention_short", Direction: subsystem.Below, Warning: at(30), Critical: at(15), DeadBand: 0.5,
		},
		{
			Name: "temperature_c", Names: names("Nhiệt độ", "Temperature"), Unit: "°C",
			Doc: "Temperature inside the camera's housing.",
		},
	}
}

func flowMetrics() []subsystem.Metric {
	return []subsystem.Metric{
		{Name: "window_s", Names: names("Khoảng thời gian đo", "Measuring window"), Unit: "s", Doc: "Length of the window that a flow message counts."},
		{Name: "vehicles", Names: names("Số phương tiện", "Vehicles"), Doc: "Vehicles that passed in the window, of all classes."},
		{Name: "speed_kmh", Names: names("Tốc độ trung bình", "Mean speed"), Unit: "km/h", Doc: "Mean speed of the vehicles in the window; absent when none passed."},
		{Name: "occupancy_pct", Names: names("Độ chiếm dụng", "Occupancy"), Unit: "%", Doc: "Part of the window in which a vehicle stood over the detector."},
		{Name: "vehicles_motorbike", Names: names("Xe máy", "Motorbikes"), Doc: "Motorbikes in the window."},
		{Name: "vehicles_car", Names: names("Ô tô con", "Cars"), Doc: "Cars in the window."},
		{Name: "vehicles_bus", Names: names("Xe buýt, xe khách", "Buses"), Doc: "Buses and coaches in the window."},
		{Name: "vehicles_truck", Names: names("Xe tải", "Trucks"), Doc: "Trucks in the window."},
		{Name: "vehicles_bicycle", Names: names("Xe đạp", "Bicycles"), Doc: "Bicycles in the window."},
		{Name: "vehicles_other", Names: names("Phương tiện khác", "Other vehicles"), Doc: "Vehicles of other or unknown class in the window."},
	}
}

func states() []subsystem.State {
	return []subsystem.State{
		{
			Name: "stream", Names: names("Luồng hình", "Stream"), Facet: city.Link,
			Doc: "Whether the camera answers and delivers its stream.",
			Words: []subsystem.Word{
				{Value: "ok", Status: city.OK, Names: names("Bình thường", "OK")},
				{Value: "no_signal", Status: city.Critical, Reason: "no_stream", Names: names("Không có tín hiệu", "No signal")},
				{Value: "unreachable", Status: city.Critical, Reason: city.ReasonOffline, Names: names("Không kết nối được", "Unreachable")},
			},
		},
		{
			Name: "recording", Names: names("Ghi hình", "Recording"), Facet: city.Recording,
			Doc: "Whether what the camera sees is being recorded.",
			Words: []subsystem.Word{
				{Value: "true", Status: city.OK, Names: names("Đang ghi", "Recording")},
				{Value: "false", Status: city.Critical, Reason: "not_recording", Names: names("Không ghi", "Not recording")},
			},
		},
		{
			Name: "image", Names: names("Chất lượng hình", "Image"), Facet: city.Image,
			Doc: "Whether what the camera sees can be used.",
			Words: []subsystem.Word{
				{Value: "ok", Status: city.OK, Names: names("Bình thường", "OK")},
				{Value: "obscured", Status: city.Critical, Reason: "obscured", Names: names("Bị che khuất", "Obscured")},
				{Value: "blurred", Status: city.Warning, Reason: "defocus", Names: names("Mờ, mất nét", "Blurred")},
				{Value: "moved", Status: city.Warning, Reason: "moved", Names: names("Lệch góc quay", "Moved")},
				{Value: "dark", Status: city.Warning, Reason: "dark", Names: names("Quá tối", "Dark")},
				{Value: "frozen", Status: city.Critical, Reason: "frozen", Names: names("Đứng hình", "Frozen")},
			},
		},
		{Name: "firmware", Names: names("Phiên bản phần mềm", "Firmware"), Doc: "Version of the camera's firmware, in the maker's words."},
	}
}

func aggregates() []subsystem.Aggregate {
	return []subsystem.Aggregate{
		{
			Name: "vehicle_flow", Names: names("Lưu lượng phương tiện", "Vehicle flow"), Unit: "veh/h", Kind: "flow",
			Doc:    "Vehicles per hour: per detector Σ vehicles ÷ Σ window_s × 3600, summed over detectors.",
			Method: subsystem.RateSum, Value: "vehicles", Weight: "window_s", Scale: 3600,
		},
		{
			Name: "speed", Names: names("Tốc độ trung bình", "Mean speed"), Unit: "km/h", Kind: "flow",
			Doc:    "Mean speed of the vehicles: Σ speed_kmh × vehicles ÷ Σ vehicles over reports that have a speed.",
			Method: subsystem.WeightedMean, Value: "speed_kmh", Weight: "vehicles", Scale: 1,
		},
		{
			Name: "occupancy", Names: names("Độ chiếm dụng", "Occupancy"), Unit: "%", Kind: "flow",
			Doc:    "Mean occupancy: Σ occupancy_pct × window_s ÷ Σ window_s.",
			Method: subsystem.WeightedMean, Value: "occupancy_pct", Weight: "window_s", Scale: 1,
		},
	}
}
