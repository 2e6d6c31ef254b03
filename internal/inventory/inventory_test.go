package inventory_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"opscenter/internal/city"
	"opscenter/internal/inventory"
)

const header = "type,id,name,area,lat,lon,location,subsystem,kind,external_id,parent,contractor,model,cadence_s,expected_fps\n"

const small = header +
	"location,loc-1,Ngã tư Tỉnh ủy,viet-tri,21.323,105.402,,,,,,,,,\n" +
	"device,nvr-1,Đầu ghi,,,,loc-1,trafficsafety,nvr,,,VNPT,,,\n" +
	`device,cam-1,"Camera ""1"", cột 2",,,,loc-1,trafficsafety,camera.ptz,axis:00408C123456,nvr-1,VNPT,Q6075,30,25` + "\n"

func now() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

func apply(text string, old *city.Inventory) (*city.Inventory, error) {
	sheet, err := inventory.Read(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	return sheet.Apply(old, now())
}

func imported(t testing.TB, text string, old *city.Inventory) *city.Inventory {
	t.Helper()
	inv, err := apply(text, old)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func same(t testing.TB, got, want *city.Inventory) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(city.Inventory{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFileIsRead(t *testing.T) {
	t.Parallel()
	want := &city.Inventory{
		Areas:     []city.Area{{ID: "viet-tri", Name: "viet-tri"}},
		Locations: []city.Location{{ID: "loc-1", Name: "Ngã tư Tỉnh ủy", Area: "viet-tri", Lat: 21.323, Lon: 105.402}},
		Devices: []city.Device{
			{
				ID: "cam-1", Name: `Camera "1", cột 2`, Location: "loc-1", Subsystem: "trafficsafety", Kind: "camera.ptz", ExternalID: "axis:00408C123456",
				Parent: "nvr-1", Contractor: "VNPT", Model: "Q6075", Cadence: 30 * time.Second, ExpectedFPS: 25, RegisteredAt: now(),
			},
			{ID: "nvr-1", Name: "Đầu ghi", Location: "loc-1", Subsystem: "trafficsafety", Kind: "nvr", Contractor: "VNPT", RegisteredAt: now()},
		},
	}
	for name, text := range map[string]string{
		"plain":           small,
		"byte order mark": "\ufeff" + small,
		"CRLF":            strings.ReplaceAll(small, "\n", "\r\n"),
		"no last newline": strings.TrimSuffix(small, "\n"),
		"rows of commas":  small + ",,,,,,,,,,,,,,\n\n",
		"spaces and case": strings.Replace(strings.Replace(small, "type,id", " Type , ID ", 1), "device,nvr-1,", "Device , nvr-1 , ", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same(t, imported(t, text, nil), want)
		})
	}
}

func TestImportAddsAndChangesAndNeverRemoves(t *testing.T) {
	t.Parallel()
	old := imported(t, small, nil)
	old.Revision = 7
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"nothing": {small, "nothing changes\n"},
		"a column that the file lacks stays": {
			"type,id,contractor\ndevice,cam-1,FPT\n",
			"0 added, 1 changed, 0 removed\n~ device cam-1 \"Camera \\\"1\\\", cột 2\": contractor \"VNPT\" becomes \"FPT\"\n",
		},
		"an empty cell empties": {
			"type,id,parent,cadence_s\ndevice,cam-1,,\n",
			"0 added, 1 changed, 0 removed\n~ device cam-1 \"Camera \\\"1\\\", cột 2\": parent \"nvr-1\" becomes \"\", cadence_s \"30\" becomes \"\"\n",
		},
		"an area is named and dated": {
			"type,id,name,effective_from,effective_to\narea,viet-tri,Phường Việt Trì,2025-07-01,\n",
			"0 added, 1 changed, 0 removed\n~ area viet-tri \"Phường Việt Trì\": name \"viet-tri\" becomes \"Phường Việt Trì\", effective_from \"\" becomes \"2025-07-01\"\n",
		},
		"rows may refer to later ones": {
			header + "device,cam-2,,,,,loc-2,trafficsafety,camera.ptz,,,,,,\nlocation,loc-2,Đền Hùng,hy-cuong,21.368,105.322,,,,,,,,,\n",
			"3 added, 0 changed, 0 removed\n+ area hy-cuong \"hy-cuong\"\n+ device cam-2 \"cam-2\"\n+ location loc-2 \"Đền Hùng\"\n",
		},
		"an external id changes hands": {
			"type,id,external_id,location,subsystem,kind\ndevice,cam-1,,loc-1,trafficsafety,camera.ptz\ndevice,cam-9,axis:00408C123456,loc-1,trafficsafety,camera.ptz\n",
			"1 added, 1 changed, 0 removed\n+ device cam-9 \"cam-9\"\n~ device cam-1 \"Camera \\\"1\\\", cột 2\": external_id \"axis:00408C123456\" becomes \"\"\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			updated := imported(t, c.text, old)
			if diff := cmp.Diff(c.want, inventory.Diff(old, updated).String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if updated.Revision != 7 || !updated.Device("nvr-1").RegisteredAt.Equal(now()) {
				t.Errorf("got %+v", updated)
			}
		})
	}
}

func TestRegistrationTimeOfAKnownDeviceStays(t *testing.T) {
	t.Parallel()
	sheet, err := inventory.Read(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	updated, err := sheet.Apply(imported(t, small, nil), now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if at := updated.Device("cam-1").RegisteredAt; !at.Equal(now()) {
		t.Errorf("got %v", at)
	}
}

func TestEveryFaultIsReportedWithLineAndColumn(t *testing.T) {
	t.Parallel()
	row := func(cells string) string { return header + cells + "\n" }
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":             {"", []string{"line 1: the file is empty"}},
		"semicolons":        {strings.ReplaceAll(small, ",", ";"), []string{"line 1: the columns are separated by semicolons"}},
		"tabs":              {strings.ReplaceAll(small, ",", "\t"), []string{"line 1: the columns are separated by semicolons or tabs"}},
		"unknown column":    {"type,id,colour\n", []string{"line 1, column colour: there is no such column"}},
		"column twice":      {"type,id,id\n", []string{"line 1, column id: the column occurs twice"}},
		"no type, no id":    {"name,area\n", []string{"line 1, column type", "line 1, column id"}},
		"unknown type":      {row("camera,c,,,,,,,,,,,,,"), []string{`line 2, column type: "camera" is none of`}},
		"too few cells":     {row("device,c"), []string{"line 2: it has 2 cells, the header has 15"}},
		"bad id":            {row("location,Loc 1,,,1,1,,,,,,,,,"), []string{"line 2, column id"}},
		"comma decimals":    {row(`location,a,,,"21,3","105,4",,,,,,,,,`), []string{`line 2, column lat: "21,3" has a comma`, "line 2, column lon"}},
		"not a number":      {row("location,a,,,NaN,,,,,,,,,,"), []string{"line 2, column lat", "line 2, column lon: it is empty"}},
		"out of range":      {row("location,a,,,105.4,21.3,,,,,,,,,"), []string{"line 2, column lat"}},
		"wrong type's cell": {row("location,a,,,1,1,,,camera.ptz,,,,,,"), []string{"line 2, column kind: a row of type location has no kind"}},
		"twice":             {row("location,a,,,1,1,,,,,,,,,\nlocation,a,,,1,1,,,,,,,,,"), []string{`line 3, column id: location "a" is on line 2 already`}},
		"bad numbers":       {row("location,a,,,1,1,,,,,,,,,\ndevice,d,,,,,a,s,k,,,,,-1,fast"), []string{"line 3, column cadence_s", "line 3, column expected_fps"}},
		"control character": {row("location,a,b\x00c,,1,1,,,,,,,,,"), []string{"line 2, column name"}},
		"latin-1":           {row("location,a,Vi\xeat,,1,1,,,,,,,,,"), []string{`line 2, column name: "Vi\xeat" is not plain text in UTF-8`}},
		"open quote":        {row(`location,a,"b,,1,1,,,,,,,,,`), []string{"broken CSV"}},
		"unknown location":  {row("device,d,,,,,nowhere,s,k,,,,,,"), []string{`line 2, column location: there is no location "nowhere"`}},
		"nothing said":      {row("device,d,,,,,,,,,,,,,"), []string{"line 2, column location: it is empty", "line 2, column subsystem", "line 2, column kind"}},
		"new and no column": {"type,id\nlocation,a\n", []string{"line 2, column lat: location \"a\" is new, and the file has no such column", "line 2, column lon"}},
		"bad area":          {row("location,a,,Việt Trì,1,1,,,,,,,,,"), []string{"line 2, column area"}},
		"parents": {
			row("location,a,,,1,1,,,,,,,,,\ndevice,d,,,,,a,s,k,,e,,,,\ndevice,e,,,,,a,s,k,,d,,,,\ndevice,f,,,,,a,s,k,,g,,,,"),
			[]string{"line 3, column parent: the parents form a circle", "line 4, column parent", `line 5, column parent: there is no device "g"`},
		},
		"external ids": {
			row("location,a,,,1,1,,,,,,,,,\ndevice,d,,,,,a,s,k,axis:1,,,,,\ndevice,c,,,,,a,s,k,axis:1,,,,,\ndevice,e,,,,,a,s,k,axis,,,,,"),
			[]string{`line 4, column external_id: "axis:1" belongs to device "d"`, "line 5, column external_id"},
		},
		"several external ids": {
			row("location,a,,,1,1,,,,,,,,,\ndevice,d,,,,,a,s,k,axis:1;frigate:x,,,,,\ndevice,c,,,,,a,s,k,onvif:1; frigate:x;axis:1,,,,,\ndevice,e,,,,,a,s,k,axis:3;:4;native:s/e,,,,,"),
			[]string{`line 4, column external_id: "frigate:x" belongs to device "d"`, `line 4, column external_id: "axis:1" belongs to device "d"`, `line 5, column external_id: ":4" is not`, `line 5, column external_id: "native:s/e" is of the center's own format`},
		},
		"dates": {
			"type,id,effective_from,effective_to\narea,a,2025-13-01,\narea,b,2025-07-01,2025-07-01\n",
			[]string{`line 2, column effective_from: "2025-13-01"`},
		},
		"backward dates": {
			"type,id,effective_from,effective_to\narea,b,2025-07-01,2025-07-01\n", []string{"line 2, column effective_to"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := apply(c.text, nil)
			faults, ok := errors.AsType[inventory.RowErrors](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if len(faults) != len(c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(faults[i].Error(), want) && !(want == "broken CSV" && strings.Contains(faults[i].Error(), want)) {
					t.Errorf("got %v, want %s", faults[i], want)
				}
			}
		})
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	old := imported(t, small+"location,loc-2,,,-0.000001,180,,,,,,,,,\n", nil)
	old = imported(t, "type,id,name,effective_from,effective_to\narea,old,Cũ,1999-01-01,2025-06-30T17:00:00Z\n", old)
	var text bytes.Buffer
	if err := inventory.Write(&text, old); err != nil {
		t.Fatal(err)
	}
	same(t, imported(t, text.String(), nil), old)
	if !strings.HasPrefix(text.String(), strings.TrimSpace(header)) {
		t.Errorf("the header of the contract is not how the file begins: %s", text.String())
	}
}

func TestADeviceHasSeveralExternalIDs(t *testing.T) {
	t.Parallel()
	inv := imported(t, strings.Replace(small, "axis:00408C123456", "axis:00408C123456; frigate:front door ;;axis:00408C123456", 1), nil)
	for _, id := range []string{"axis:00408C123456", "frigate:front door"} {
		if d := inv.External(id); d == nil || d.ID != "cam-1" || d.ExternalID != "axis:00408C123456;frigate:front door" {
			t.Errorf("%s is %+v", id, d)
		}
	}
	var text bytes.Buffer
	if err := inventory.Write(&text, inv); err != nil {
		t.Fatal(err)
	}
	same(t, imported(t, text.String(), nil), inv)

	moved := imported(t, "type,id,external_id\ndevice,cam-1,axis:00408C123456\ndevice,nvr-1,frigate:front door\n", inv)
	if d := moved.External("frigate:front door"); d.ID != "nvr-1" {
		t.Errorf("it belongs to %s", d.ID)
	}
}

func TestRemovedOnesAreNamed(t *testing.T) {
	t.Parallel()
	got := inventory.Diff(imported(t, small, nil), imported(t, header, nil)).String()
	want := "0 added, 0 changed, 4 removed\n- area viet-tri \"viet-tri\"\n- device cam-1 \"Camera \\\"1\\\", cột 2\"\n- device nvr-1 \"Đầu ghi\"\n- location loc-1 \"Ngã tư Tỉnh ủy\"\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// large is a file with a location for every ten devices.
func large(devices int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range devices {
		if i%10 == 0 {
			fmt.Fprintf(&b, "location,loc-%d,Nút giao %d,ward-%d,21.3,105.4,,,,,,,,,\n", i/10, i, i/100)
		}
		fmt.Fprintf(&b, "device,cam-%d,Camera %d,,,,loc-%d,trafficsafety,camera.ptz,axis:%012X,,VNPT,Q6075,30,25\n", i, i, i/10, i)
	}
	return b.String()
}

// BenchmarkImport says how long it takes; this fails when the time grows with the square of the rows.
func TestTenThousandRowsAreImportedQuickly(t *testing.T) {
	t.Parallel()
	text := large(10_000)
	began := time.Now()
	inv := imported(t, text, nil)
	if diff := inventory.Diff(nil, inv); len(diff.Added) != 11_100 {
		t.Errorf("%d added", len(diff.Added))
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkImport(b *testing.B) {
	text := large(10_000)
	for b.Loop() {
		inventory.Diff(nil, imported(b, text, nil))
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		small, header, strings.Replace(small, "axis:", "axis:;axis:a; x:y;;axis:", 1), "\ufeff" + small, "", "type,id\ndevice,\"a\n", "type;id\n", "type,id,parent\ndevice,a,a\n",
		"type,id,lat,lon\nlocation,a,1e308,-0\n", "type,id,effective_from\narea,a,0001-01-01\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		inv, err := apply(text, nil)
		if err != nil {
			if _, ok := errors.AsType[inventory.RowErrors](err); !ok {
				t.Fatalf("an error without a row: %v", err)
			}
			return
		}
		var again bytes.Buffer
		if err := inventory.Write(&again, inv); err != nil {
			t.Fatal(err)
		}
		if diff := inventory.Diff(inv, imported(t, again.String(), nil)); !diff.Empty() {
			t.Errorf("what was read is not what is written: %s", diff)
		}
	})
}
