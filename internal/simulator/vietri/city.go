// Package vietri is the demonstration city: Việt Trì in Phú Thọ, with 91 locations and 200 cameras,
// as many as the city's traffic safety system was reported to have in July 2024.
//
// What is real and what is not: the wards and the commune, the streets and the places whose row in
// provenance.csv says "known" exist under these names. Junctions marked "plausible" combine real
// streets in a way that was not checked. All coordinates are approximate, good enough for a map of
// the whole city and nothing else. Which cameras stand where, their models and their contractors
// are invented. The kinds follow the published mix of 2026 scaled to 200: overview, PTZ, violation
// and speed cameras as 309 to 151 to 70 to 8.
package vietri

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"time"

	"opscenter/internal/city"
)

//go:embed inventory.csv
var inventoryCSV []byte

//go:embed provenance.csv
var provenanceCSV []byte

//go:embed parking.json
var parking []byte

//go:embed dialects.yaml
var dialects []byte

// InventoryCSV returns the city's areas, locations and devices in the format of `inventory import`. The
// caller owns the copy.
func InventoryCSV() []byte { return bytes.Clone(inventoryCSV) }

// City returns the areas with their effective dates, the locations loc-001 to loc-091, and the
// devices: the cameras cam-001 to cam-200, and what stands and works in the city besides them, which
// is invented. There are the recorder of eight of the cameras, road stations, contacts on cabinet
// doors, the systems of the lines of business, and their sensors. The caller owns the slices. It panics if the
// embedded data cannot be read, which only a faulty edit of that data can cause.
func City() ([]city.Area, []city.Location, []city.Device) {
	areas, locations, devices, err := read()
	if err != nil {
		panic(fmt.Sprintf("vietri: inventory.csv: %v", err))
	}
	return areas, locations, devices
}

// Manifests returns the manifests of the subsystems that the city declares at run time, by id.
func Manifests() map[string][]byte { return map[string][]byte{"parking": bytes.Clone(parking)} }

// Configuration returns what a configuration file needs for the city's foreign devices, in YAML. The
// caller owns the copy.
func Configuration() []byte { return bytes.Clone(dialects) }

// Plausible returns the ids of the locations whose name is a plausible combination of real streets
// and not a place that is known to be called so.
func Plausible() map[string]bool {
	rows, err := readRows(provenanceCSV)
	if err != nil {
		panic(fmt.Sprintf("vietri: provenance.csv: %v", err))
	}
	plausible := make(map[string]bool, len(rows))
	for _, r := range rows {
		if r["name_basis"] == "plausible" {
			plausible[r["id"]] = true
		}
	}
	return plausible
}

// readRows reads a CSV file with a header into one map from column to cell for each row.
func readRows(data []byte) ([]map[string]string, error) {
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("no header")
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func read() (areas []city.Area, locations []city.Location, devices []city.Device, err error) {
	rows, err := readRows(inventoryCSV)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, r := range rows {
		switch r["type"] {
		case "area":
			err = add(&areas, r, readArea)
		case "location":
			err = add(&locations, r, readLocation)
		case "device":
			err = add(&devices, r, readDevice)
		default:
			err = errors.New("neither an area, nor a location, nor a device")
		}
		if err != nil {
			return nil, nil, nil, fmt.Errorf("%s %q: %w", r["type"], r["id"], err)
		}
	}
	return areas, locations, devices, nil
}

func add[T any](all *[]T, row map[string]string, read func(map[string]string) (T, error)) error {
	one, err := read(row)
	*all = append(*all, one)
	return err
}

func readArea(r map[string]string) (city.Area, error) {
	from, err := time.Parse(time.RFC3339, r["effective_from"])
	if err != nil {
		return city.Area{}, fmt.Errorf("effective_from: %w", err)
	}
	return city.Area{ID: r["id"], Name: r["name"], EffectiveFrom: from.UTC()}, nil
}

func readLocation(r map[string]string) (city.Location, error) {
	lat, err := strconv.ParseFloat(r["lat"], 64)
	if err != nil {
		return city.Location{}, fmt.Errorf("lat: %w", err)
	}
	lon, err := strconv.ParseFloat(r["lon"], 64)
	if err != nil {
		return city.Location{}, fmt.Errorf("lon: %w", err)
	}
	return city.Location{ID: r["id"], Name: r["name"], Area: r["area"], Lat: lat, Lon: lon}, nil
}

func readDevice(r map[string]string) (city.Device, error) {
	cadence, err := strconv.Atoi(cmp.Or(r["cadence_s"], "0"))
	if err != nil {
		return city.Device{}, fmt.Errorf("cadence_s: %w", err)
	}
	fps, err := strconv.ParseFloat(cmp.Or(r["expected_fps"], "0"), 64)
	if err != nil {
		return city.Device{}, fmt.Errorf("expected_fps: %w", err)
	}
	return city.Device{
		ID: r["id"], Name: r["name"], Location: r["location"], Subsystem: r["subsystem"], Kind: r["kind"],
		ExternalID: r["external_id"], Parent: r["parent"], Contractor: r["contractor"], Model: r["model"],
		Cadence: time.Duration(cadence) * time.Second, ExpectedFPS: fps,
	}, nil
}
