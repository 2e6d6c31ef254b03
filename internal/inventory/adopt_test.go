package inventory_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/inventory"
)

func TestAStrangerIsAdopted(t *testing.T) {
	t.Parallel()
	old := imported(t, small+"location,loc-2,,,21,105,,,,,,,,,\n", nil)
	old.Revision = 7
	camera := inventory.Stranger{External: "frigate:front door", Subsystem: "trafficsafety", Name: "Cửa", Model: "Q1", Kind: "camera"}
	native := inventory.Stranger{External: "native:trafficsafety/cam-9", Subsystem: "trafficsafety", Location: "loc-2"}
	for name, c := range map[string]struct {
		stranger inventory.Stranger
		adoption inventory.Adoption
		want     city.Device
	}{
		"as it announced itself": {
			camera,
			inventory.Adoption{ID: "cam-2", Location: "loc-2"},
			city.Device{ID: "cam-2", Name: "Cửa", Location: "loc-2", Kind: "camera", ExternalID: "frigate:front door", Model: "Q1"},
		},
		"as people say": {
			camera,
			inventory.Adoption{ID: "cam-2", Location: "loc-1", Name: "Cổng", Kind: "camera.ptz", Parent: "nvr-1", Contractor: "FPT", Model: "Q2", Cadence: time.Minute, ExpectedFPS: 15},
			city.Device{
				ID: "cam-2", Name: "Cổng", Location: "loc-1", Kind: "camera.ptz", ExternalID: "frigate:front door", Parent: "nvr-1", Contractor: "FPT", Model: "Q2",
				Cadence: time.Minute, ExpectedFPS: 15,
			},
		},
		"by what its topic says": {
			native,
			inventory.Adoption{},
			city.Device{ID: "cam-9", Name: "cam-9", Location: "loc-2", Kind: "device"},
		},
		"as another voice": {
			camera,
			inventory.Adoption{Device: "cam-1"},
			city.Device{
				ID: "cam-1", Name: `Camera "1", cột 2`, Location: "loc-1", Kind: "camera.ptz", ExternalID: "axis:00408C123456;frigate:front door",
				Parent: "nvr-1", Contractor: "VNPT", Model: "Q6075", Cadence: 30 * time.Second, ExpectedFPS: 25,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.want.Subsystem, c.want.RegisteredAt = "trafficsafety", now()
			c.adoption.RegisteredAt = now()
			updated, id, err := inventory.Adopt(old, &c.stranger, &c.adoption)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&c.want, updated.Device(id)); diff != "" || updated.Revision != 7 {
				t.Errorf("revision %d (-want +got):\n%s", updated.Revision, diff)
			}
			if old.External(c.stranger.External) != nil || old.Device("cam-1").ExternalID != "axis:00408C123456" {
				t.Error("the inventory before was changed")
			}
		})
	}
}

func TestAnAdoptionThatDoesNotFitIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	old := imported(t, small, nil)
	for _, c := range []struct {
		external string
		adoption inventory.Adoption
		taken    bool
		want     string
	}{
		{"frigate:x", inventory.Adoption{ID: "cam-1", Location: "loc-1"}, true, `id "cam-1" belongs to device "cam-1" (Camera "1", cột 2) at location "loc-1"`},
		{"axis:00408C123456", inventory.Adoption{ID: "cam-2", Location: "loc-1"}, true, `registered already: "axis:00408C123456" is device "cam-1"`},
		{"frigate:x", inventory.Adoption{ID: "cam-2", Location: "nowhere"}, false, `location: there is no location "nowhere"`},
		{"frigate:x", inventory.Adoption{ID: "cam-2"}, false, `location: it is missing`},
		{"frigate:x", inventory.Adoption{Location: "loc-1"}, false, `id "" is not a slug`},
		{"frigate:x", inventory.Adoption{ID: "Cam 2", Location: "loc-1"}, false, `id "Cam 2" is not a slug`},
		{"frigate:x", inventory.Adoption{ID: "cam-2", Location: "loc-1", Kind: "Máy ảnh"}, false, `kind: `},
		{"frigate:x", inventory.Adoption{ID: "cam-2", Location: "loc-1", Parent: "nvr-2"}, false, `parent: there is no device "nvr-2"`},
		{"frigate:x", inventory.Adoption{ID: "cam-2", Location: "loc-1", Name: "a\nb"}, false, `name: "a\nb" is not plain text`},
		{"frigate:x;y", inventory.Adoption{ID: "cam-2", Location: "loc-1"}, false, `cannot be registered`},
		{"frigate:x", inventory.Adoption{ID: "cam-2", Device: "cam-1"}, false, `id and device`},
		{"frigate:x", inventory.Adoption{Device: "cam-2"}, false, `device: there is no device "cam-2"`},
		{"native:trafficsafety/cam-2", inventory.Adoption{Device: "cam-1"}, false, `can only be registered by that id`},
		{"native:trafficsafety/cam-2", inventory.Adoption{ID: "cam-3"}, false, `id: "native:trafficsafety/cam-2" speaks as "cam-2"`},
		{"native:trafficsafety/cam-2", inventory.Adoption{Location: "loc-2"}, false, `location: its topic places "cam-2" at "loc-1", not "loc-2"`},
		{"native:trafficsafety/cam-1", inventory.Adoption{}, true, `id "cam-1" belongs to`},
	} {
		s := inventory.Stranger{External: c.external, Subsystem: "trafficsafety"}
		if strings.HasPrefix(c.external, "native:") {
			s.Location = "loc-1"
		}
		_, _, err := inventory.Adopt(old, &s, &c.adoption)
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, inventory.ErrTaken) != c.taken {
			t.Errorf("%s as %+v: got %v, want %s", c.external, c.adoption, err, c.want)
		}
	}
	s := inventory.Stranger{External: "ttn:x", Subsystem: "env"}
	if _, _, err := inventory.Adopt(old, &s, &inventory.Adoption{Device: "cam-1"}); err == nil || !strings.Contains(err.Error(), `belongs to subsystem "trafficsafety"`) {
		t.Errorf("a device of another subsystem: got %v", err)
	}
}
