// Package camera holds what the dialects of cameras and recorders can say of a camera beyond the
// center's own health message: conditions that are true or false, each with the facet that it spoils
// and the reason that it gives; notes, which are shown and not judged; and what a plate is called that
// was read. A facet is as bad as the worst of its conditions, so a camera of which two systems speak is
// as bad as the worse of them says.
package camera

import (
	"strconv"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// The conditions. Each is bad when true.
const (
	Blurred          = "image_blurred"
	Dark             = "image_dark"
	Bright           = "image_bright"
	SceneChanged     = "scene_changed"
	Impaired         = "visibility_impaired"
	Tampered         = "tampered"
	SignalLost       = "signal_lost"
	NetworkDown      = "network_link_down"
	StorageFailed    = "storage_failed"
	StorageDisrupted = "storage_disrupted"
	FanFailed        = "fan_failed"
	PowerFailed      = "power_supply_failed"
	Overheated       = "overheated"
)

// States returns the declarations of those conditions.
func States(conditions ...string) []subsystem.State {
	states := make([]subsystem.State, len(conditions))
	for i, c := range conditions {
		states[i] = declare(c)
	}
	return states
}

// Say returns a condition as an observation has it.
func Say(condition string, bad bool) city.State {
	return city.State{Name: condition, Value: strconv.FormatBool(bad)}
}

func declare(condition string) subsystem.State {
	facet, status, reason := city.NoFacet, city.Warning, city.Reason("")
	var names city.Names
	doc := ""
	switch condition {
	case Blurred:
		facet, reason = city.Image, "defocus"
		names, doc = both("Hình bị mờ", "Image blurred"), "The camera finds its image too blurry to be used."
	case Dark:
		facet, reason = city.Image, "dark"
		names, doc = both("Hình quá tối", "Image too dark"), "The camera finds its image too dark to be used."
	case Bright:
		facet, reason = city.Image, "bright"
		names, doc = both("Hình quá sáng", "Image too bright"), "The camera finds its image too bright to be used."
	case SceneChanged:
		facet, reason = city.Image, "moved"
		names, doc = both("Khung cảnh thay đổi", "Scene changed"), "The whole scene is another: the camera was turned or covered."
	case Impaired:
		facet, reason = city.Image, "obscured"
		names, doc = both("Tầm nhìn bị cản trở", "Visibility impaired"), "Fog, dirt or a cobweb is before the lens."
	case Tampered:
		facet, status, reason = city.Image, city.Critical, "obscured"
		names, doc = both("Bị che hoặc phá", "Tampered with"), "Somebody covered, sprayed or turned the camera."
	case SignalLost:
		facet, status, reason = city.Link, city.Critical, "no_stream"
		names, doc = both("Mất tín hiệu hình", "Video signal lost"), "The video source delivers no signal."
	case NetworkDown:
		facet, status, reason = city.Link, city.Warning, "link"
		names, doc = both("Mất kết nối mạng", "Network link down"), "A network interface of the camera has no link."
	case StorageFailed:
		facet, status, reason = city.Recording, city.Critical, "not_recording"
		names, doc = both("Hỏng bộ nhớ", "Storage failed"), "The storage on which the camera records has failed."
	case StorageDisrupted:
		facet, status, reason = city.Recording, city.Critical, "not_recording"
		names, doc = both("Gián đoạn lưu trữ", "Storage disrupted"), "The storage on which the camera records cannot be reached."
	case FanFailed:
		reason = "fan"
		names, doc = both("Hỏng quạt", "Fan failed"), "A fan of the camera has failed."
	case PowerFailed:
		reason = "power"
		names, doc = both("Hỏng bộ nguồn", "Power supply failed"), "A power supply of the camera has failed."
	case Overheated:
		reason = "overheated"
		names, doc = both("Quá nhiệt", "Overheated"), "The camera is hotter or colder than it may be."
	}
	return subsystem.State{Name: condition, Names: names, Doc: doc, Facet: facet, Words: []subsystem.Word{
		{Value: "false", Status: city.OK, Names: both("Không", "No")},
		{Value: "true", Status: status, Reason: reason, Names: both("Có", "Yes")},
	}}
}

func both(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }
