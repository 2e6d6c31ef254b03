package axis

import (
	"slices"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
)

func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// disk is one on which a camera may record. Each has states of its own: a card that is well does not
// clear the fault of the share.
type disk struct {
	id string // as the camera calls it
	camera.Part
}

// disks are those that Axis cameras have. Another one's states bear no suffix.
func disks() []disk {
	return []disk{
		{"SD_DISK", camera.Part{Suffix: "sd", Names: names("thẻ nhớ", "SD card")}},
		{"SD_DISK2", camera.Part{Suffix: "sd2", Names: names("thẻ nhớ thứ hai", "second SD card")}},
		{"NetworkShare", camera.Part{Suffix: "share", Names: names("ổ mạng", "network share")}},
	}
}

// storage reads a flag about the disk that is the event's source. Where only some disks count, the
// others are not read: a camera without a network share may tell that it is disrupted.
func storage(condition, field string, only []string) reader {
	states := make(map[string]string)
	for _, d := range disks() {
		states[d.id] = d.In(condition)
	}
	return func(e *event) (told, error) {
		bad, err := e.flag(field)
		if err != nil {
			return told{}, err
		}
		id := e.from("disk_id")
		if len(only) > 0 && !slices.Contains(only, id) {
			return told{}, nil
		}
		state := states[id]
		if state == "" {
			state = condition
		}
		return say(state, bad), nil
	}
}
