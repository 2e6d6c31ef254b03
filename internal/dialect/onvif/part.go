package onvif

import (
	"fmt"
	"strconv"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
)

func names(vi, en string) city.Names { return city.Names{VI: vi, EN: en} }

// imageConditions are those of which up to three services of a camera tell, each on a topic of its
// own.
func imageConditions() []string {
	return []string{camera.Blurred, camera.Dark, camera.Bright, camera.SceneChanged}
}

// service is one that watches the image, by what its topics end in. The source of what the recording
// service tells is a recording job, and that of the others a video source.
type service struct {
	level string
	camera.Part
	video bool
}

// services are those of the Imaging Service Specification.
func services() []service {
	return []service{
		{"AnalyticsService", camera.Part{Suffix: "analytics", Names: names("dịch vụ phân tích", "analytics service")}, true},
		{"ImagingService", camera.Part{Suffix: "imaging", Names: names("dịch vụ hình ảnh", "imaging service")}, true},
		{"RecordingService", camera.Part{Suffix: "recording", Names: names("dịch vụ ghi hình", "recording service")}, false},
	}
}

// hardwareConditions are those of parts of which a camera or recorder has several.
func hardwareConditions() []string {
	return []string{camera.StorageFailed, camera.FanFailed, camera.PowerFailed, camera.NetworkDown}
}

// maxUnits is how many disks, fans, supplies or links of one device are told apart. A state must be
// declared, so there cannot be one for each token that a device may think of.
const maxUnits = 4

// units are the parts but the first, whose states bear no suffix.
func units() []camera.Part {
	parts := make([]camera.Part, 0, maxUnits-1)
	for i := 1; i < maxUnits; i++ {
		n := strconv.Itoa(i)
		parts = append(parts, camera.Part{Suffix: n, Names: names(fmt.Sprintf("bộ phận %s", n), fmt.Sprintf("unit %s", n))})
	}
	return parts
}

// unit returns which of the parts a token names, the same each time: by the number that the token
// ends in, or else by a hash (FNV-1a) of its letters. More parts than maxUnits share.
func unit(token string) int {
	letters := strings.TrimRight(token, "0123456789")
	if letters != token || token == "" {
		n := 0
		for _, digit := range token[len(letters):] {
			n = (n*10 + int(digit-'0')) % maxUnits
		}
		return n
	}
	hash := uint32(2166136261)
	for i := range len(token) {
		hash = (hash ^ uint32(token[i])) * 16777619
	}
	return int(hash % maxUnits)
}
