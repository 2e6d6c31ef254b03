package report

import (
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// The parameters that narrow a report to some place, or to one contractor.
const (
	Location   = "location"
	AreaOf     = "area"
	Contractor = "contractor"
)

func placeParameters() []Parameter {
	return []Parameter{
		{Key: Location, Names: names("Vị trí", "Location"), Type: TypeID},
		{Key: AreaOf, Names: names("Khu vực", "Area"), Type: TypeID},
		{Key: Contractor, Names: names("Nhà thầu", "Contractor"), Type: TypeText},
	}
}

// place is where a device was at a time, and whose it was.
type place struct {
	device, name           string
	location, locationName string
	area, areaName         string // of an area that was in force then; otherwise empty
	contractor             string
}

// gazetteer finds places in placements.
type gazetteer map[string]*city.Area

func newGazetteer(areas []city.Area) gazetteer {
	g := make(gazetteer, len(areas))
	for i := range areas {
		g[areas[i].ID] = &areas[i]
	}
	return g
}

// at returns where a device was at a time, and whether it was registered then.
func (g gazetteer) at(placements []availability.Placement, at time.Time) (place, bool) {
	for i := range placements {
		p := &placements[i]
		if p.From.After(at) || !p.To.IsZero() && !p.To.After(at) {
			continue
		}
		found := place{
			device: p.Device, name: p.Name, location: p.Location, locationName: p.LocationName, contractor: p.Contractor,
		}
		if a := g[p.Area]; a != nil && !a.EffectiveFrom.After(at) && (a.EffectiveTo.IsZero() || a.EffectiveTo.After(at)) {
			found.area, found.areaName = a.ID, a.Name
		}
		return found, true
	}
	return place{}, false
}

// wanted reports whether the values narrow a report to where the place is.
func (p *place) wanted(values Values) bool {
	in := func(key, is string) bool { return values[key] == "" || values[key] == is }
	return in(Location, p.location) && in(AreaOf, p.area) && in(Contractor, p.contractor)
}

// cells are the cells under placeColumns.
func (p *place) cells() []Cell {
	return []Cell{Text(p.device), Text(p.name), Text(p.location), Text(p.locationName), optionalText(p.areaName), optionalText(p.contractor)}
}

func optionalText(s string) Cell {
	if s == "" {
		return nil
	}
	return Text(s)
}

func placeColumns() []Column {
	return []Column{
		{Key: "device", Names: names("Thiết bị", "Device"), Kind: KindText},
		{Key: "name", Names: names("Tên", "Name"), Kind: KindText},
		{Key: "location", Names: names("Mã vị trí", "Location id"), Kind: KindText},
		{Key: "location_name", Names: names("Vị trí", "Location"), Kind: KindText},
		{Key: "area", Names: names("Khu vực", "Area"), Kind: KindText},
		{Key: "contractor", Names: names("Nhà thầu", "Contractor"), Kind: KindText},
	}
}
