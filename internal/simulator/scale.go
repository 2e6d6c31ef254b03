package simulator

import (
	"fmt"
	"math"
	"time"

	"opscenter/internal/city"
)

// Scale makes a synthetic city with exactly that many cameras, for measurements: one to six at a
// location and 2.2 on average, the kinds mixed as in the demonstration city, locations a quarter
// of a kilometre apart around Việt Trì, and a hundred of them to an area. The same n and seed make
// the same city. Ids have six digits: loc-000001, cam-000001.
func Scale(n int, seed uint64) ([]city.Area, []city.Location, []city.Device) {
	r := random(seed, "scale")
	var areas []city.Area
	var locations []city.Location
	devices := make([]city.Device, 0, max(n, 0))
	for len(devices) < n {
		k := len(locations) + 1
		if k%100 == 1 {
			number := len(areas) + 1
			areas = append(areas, city.Area{ID: fmt.Sprintf("area-%04d", number), Name: fmt.Sprintf("Khu vực %d", number)})
		}
		l := city.Location{
			ID: fmt.Sprintf("loc-%06d", k), Name: fmt.Sprintf("Điểm %d", k), Area: areas[len(areas)-1].ID,
		}
		l.Lat, l.Lon = sunflower(k)
		locations = append(locations, l)
		for range min(1+min(poisson(r, 1.2), 5), n-len(devices)) {
			devices = append(devices, synthetic(len(devices)+1, l.ID, kindAt(r.IntN(200))))
		}
	}
	return areas, locations, devices
}

// kindAt is the kind of the x-th of 200 cameras of the demonstration city.
func kindAt(x int) string {
	switch {
	case x < 115:
		return "camera.overview"
	case x < 115+56:
		return "camera.ptz"
	case x < 115+56+26:
		return "camera.violation"
	default:
		return "camera.speed"
	}
}

func synthetic(n int, location, kind string) city.Device {
	return city.Device{
		ID: fmt.Sprintf("cam-%06d", n), Name: fmt.Sprintf("Camera %d", n), Location: location,
		Subsystem: Subsystem, Kind: kind, Contractor: fmt.Sprintf("Nhà thầu mẫu %d", 1+n%4), Model: "SYN-1",
		Cadence: time.Duration(30+n%3*15) * time.Second, ExpectedFPS: 25,
	}
}

// sunflower places the k-th location, in degrees: Vogel's spiral with a location on every sixteenth
// of a square kilometre spreads any number of them evenly and no two close together.
func sunflower(k int) (lat, lon float64) {
	const metresPerDegree, spacing = 111_320, 250
	golden := math.Pi * (3 - math.Sqrt(5))
	radius := spacing / math.Sqrt(math.Pi) * math.Sqrt(float64(k))
	sin, cos := math.Sincos(float64(k) * golden)
	lat = 21.323 + radius*sin/metresPerDegree
	lon = 105.402 + radius*cos/metresPerDegree/math.Cos(21.323*math.Pi/180)
	return math.Round(lat*1e5) / 1e5, math.Round(lon*1e5) / 1e5
}
