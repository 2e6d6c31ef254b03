package digitraffic

import (
	"fmt"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/loose"
)

// maxDepth is how deep the arrays of a geometry's coordinates go: those of a MultiPolygon.
const maxDepth = 4

// position returns one place of a GeoJSON geometry (RFC 7946, whose positions have longitude first):
// the middle one of those that it lists, which on a line is on the line.
func position(geometry gjson.Result) (lat, lon float64, err error) {
	var positions []gjson.Result
	collect(geometry.Get("coordinates"), maxDepth, &positions)
	if len(positions) == 0 {
		return 0, 0, errNowhere
	}
	middle := positions[len(positions)/2].Array()
	if len(middle) < 2 {
		return 0, 0, errNowhere
	}
	if lon, err = loose.Number(middle[0]); err != nil {
		return 0, 0, fmt.Errorf("longitude: %w", err)
	}
	if lat, err = loose.Number(middle[1]); err != nil {
		return 0, 0, fmt.Errorf("latitude: %w", err)
	}
	if lat < -90 || lat > 90 || lon < -180 || lon > 180 {
		return 0, 0, fmt.Errorf("longitude %v and latitude %v are nowhere", lon, lat)
	}
	return lat, lon, nil
}

// collect adds every position below an array: an array whose first member is no array.
func collect(v gjson.Result, depth int, positions *[]gjson.Result) {
	if !v.IsArray() || depth == 0 {
		return
	}
	if !v.Get("0").IsArray() {
		*positions = append(*positions, v)
		return
	}
	v.ForEach(func(_, inner gjson.Result) bool {
		collect(inner, depth-1, positions)
		return true
	})
}
