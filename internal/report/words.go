package report

import (
	"strings"

	"opscenter/internal/city"
)

// statusWord is a status as people call it; the same words as on the wall.
func statusWord(s city.Status) Word {
	w := Word{Code: s.String()}
	switch s {
	case city.OK:
		w.Names = names("Bình thường", "Normal")
	case city.Warning:
		w.Names = names("Cảnh báo", "Warning")
	case city.Critical:
		w.Names = names("Nghiêm trọng", "Critical")
	case city.Stale:
		w.Names = names("Mất cập nhật", "Stale")
	case city.Unknown:
		w.Names = names("Chưa rõ", "Unknown")
	case city.Maintenance:
		w.Names = names("Bảo trì", "Maintenance")
	}
	return w
}

// facetNames are facets as people call them.
func facetNames(f city.Facet) city.Names {
	switch f {
	case city.Link:
		return names("Kết nối", "Link")
	case city.Recording:
		return names("Ghi hình", "Recording")
	case city.Image:
		return names("Hình ảnh", "Image")
	case city.NoFacet:
		return city.Names{}
	}
	return names(string(f), string(f))
}

// reasonWord is a reason as people call it; one that has no words is shown readable, and never as
// nothing.
func reasonWord(r city.Reason) Cell {
	if r == city.ReasonNone {
		return nil
	}
	if n, known := reasonNames(r); known {
		return Word{string(r), n}
	}
	plain := strings.ReplaceAll(string(r), "_", " ")
	return Word{string(r), names(plain, plain)}
}

// reasonNames are those of what happens to devices; the same words as on the wall.
func reasonNames(r city.Reason) (city.Names, bool) {
	switch r {
	case city.ReasonNone:
		return city.Names{}, false
	case city.ReasonOffline:
		return names("Mất kết nối", "Offline"), true
	case city.ReasonSilent:
		return names("Không còn gửi tin", "Stopped reporting"), true
	case city.ReasonNeverHeard:
		return names("Chưa từng gửi tin", "Never reported"), true
	case city.ReasonParentDown:
		return names("Thiết bị cấp trên hỏng", "Upstream device down"), true
	case city.ReasonPlanned:
		return names("Bảo trì theo kế hoạch", "Planned maintenance"), true
	case city.ReasonBlind:
		return names("Trung tâm không nhận tin", "Center was blind"), true
	case city.ReasonDataGaps:
		return names("Dữ liệu bị gián đoạn", "Gaps in its data"), true
	case city.ReasonRetired:
		return names("Phân hệ đã ngừng", "Subsystem retired"), true
	case "no_stream":
		return names("Không có luồng hình", "No video stream"), true
	case "low_fps":
		return names("Khung hình thấp", "Low frame rate"), true
	case "low_bitrate":
		return names("Tốc độ bit thấp", "Low bit rate"), true
	case "clock_drift":
		return names("Sai đồng hồ", "Wrong clock"), true
	case "obscured":
		return names("Ống kính bị che", "Lens obscured"), true
	case "moved":
		return names("Lệch góc quay", "View moved"), true
	case "defocus":
		return names("Hình mờ, mất nét", "Picture blurred"), true
	case "dark":
		return names("Hình quá tối", "Picture too dark"), true
	case "bright":
		return names("Hình quá sáng", "Picture too bright"), true
	case "frozen":
		return names("Đứng hình", "Picture frozen"), true
	case "not_recording":
		return names("Không ghi hình", "Not recording"), true
	case "storage_full":
		return names("Bộ nhớ sắp đầy", "Storage nearly full"), true
	case "retention_short":
		return names("Thiếu ngày lưu trữ", "Retention too short"), true
	case "power":
		return names("Mất điện", "Power lost"), true
	case "link":
		return names("Đường truyền chập chờn", "Unsteady link"), true
	case "fan":
		return names("Hỏng quạt", "Fan failed"), true
	case "overheated":
		return names("Quá nóng", "Overheated"), true
	case "low_battery":
		return names("Pin yếu", "Battery low"), true
	case "cabinet_open":
		return names("Tủ thiết bị bị mở", "Cabinet open"), true
	case "below_limit":
		return names("Dưới ngưỡng cho phép", "Below the limit"), true
	case "above_limit":
		return names("Vượt ngưỡng cho phép", "Above the limit"), true
	}
	return city.Names{}, false
}
