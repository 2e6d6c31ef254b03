package camera_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

func conditions() []string {
	return []string{
		camera.Blurred, camera.Dark, camera.Bright, camera.SceneChanged, camera.Impaired, camera.Tampered,
		camera.SignalLost, camera.NetworkDown, camera.StorageFailed, camera.StorageDisrupted,
		camera.FanFailed, camera.PowerFailed, camera.Overheated,
	}
}

func notes() []string {
	return []string{camera.Motion, camera.LineCrossed, camera.ObjectsInside, camera.Scenario, camera.LastEvent}
}

// declaring is a subsystem that has those states and nothing else of interest.
func declaring(states []subsystem.State) subsystem.Spec {
	return subsystem.Spec{
		ID: "cameras", Names: city.Names{VI: "Camera", EN: "Cameras"}, Doc: "Cameras.", Cadence: time.Minute,
		Topics: []subsystem.Topic{{Pattern: "cameras/{device}", Kind: "health", Doc: "How well it is."}},
		States: states,
	}
}

func TestEveryStateIsDeclaredInFull(t *testing.T) {
	t.Parallel()
	part := camera.Part{Suffix: "analytics", Names: city.Names{VI: "phân tích", EN: "analytics"}}
	states := slices.Concat(camera.States(conditions()...), part.States(conditions()...), camera.Notes(notes()...), []subsystem.State{camera.RecordingState()})
	spec := declaring(states)
	if err := spec.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryConditionIsBadWhenTrueAndSaysWhy(t *testing.T) {
	t.Parallel()
	for _, s := range camera.States(conditions()...) {
		said := camera.Say(s.Name, true)
		i := slices.IndexFunc(s.Words, func(w subsystem.Word) bool { return w.Value == said.Value })
		if i < 0 || s.Words[i].Reason == city.ReasonNone || s.Words[i].Status == city.OK {
			t.Errorf("%s=%s is %+v, want something bad with a reason", said.Name, said.Value, s.Words)
		}
		well := camera.Say(s.Name, false)
		i = slices.IndexFunc(s.Words, func(w subsystem.Word) bool { return w.Value == well.Value })
		if i < 0 || s.Words[i].Status != city.OK {
			t.Errorf("%s=%s is %+v, want ok", well.Name, well.Value, s.Words)
		}
	}
}

func TestAPartSpoilsWhatTheWholeWould(t *testing.T) {
	t.Parallel()
	part := camera.Part{Suffix: "sd", Names: city.Names{VI: "thẻ SD", EN: "SD card"}}
	whole, of := camera.States(camera.StorageFailed)[0], part.States(camera.StorageFailed)[0]
	if of.Name != "storage_failed_sd" || of.Name != part.In(camera.StorageFailed) || of.Names.EN != "Storage failed (SD card)" {
		t.Errorf("the part is called %q, %+v", of.Name, of.Names)
	}
	if of.Facet != whole.Facet || cmp.Diff(of.Words, whole.Words) != "" {
		t.Errorf("the part spoils %s with %+v, want as the whole", of.Facet, of.Words)
	}
}

func TestRecordingIsDeclaredAsByTheSubsystemOfCameras(t *testing.T) {
	t.Parallel()
	spec := trafficsafety.Factory().Spec
	if diff := cmp.Diff(spec.State(camera.Recording), new(camera.RecordingState())); diff != "" {
		t.Error("a subsystem that declares it otherwise refuses the dialect:\n" + diff)
	}
}

func TestANoteKeepsTheBeginningOfAForeignText(t *testing.T) {
	t.Parallel()
	long := "ngã tư\x00Tỉnh ủy\n" + string(make([]byte, 200)) + "x"
	if got := camera.Note(camera.LastEvent, long).Value; got != "ngã tưTỉnh ủy" {
		t.Errorf("got %q", got)
	}
	if got := camera.Clip("ô" + string(slices.Repeat([]byte("ô"), 40))); len(got) > 64 || got[:2] != "ô" {
		t.Errorf("got %q of %d bytes", got, len(got))
	}
}

func TestPlainDropsNamespacesWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"VideoSource/SignalLoss":                   "VideoSource/SignalLoss",
		"tns1:VideoSource/nvent:SignalLoss":        "VideoSource/SignalLoss",
		"Device/tns1:Trigger/tns1:Relay":           "Device/Trigger/Relay",
		"tns:onvif/VideoSource/tns:axis/Tampering": "VideoSource/Tampering",
		"onvif:Device/axis:Sensor/PIR":             "Device/Sensor/PIR",
		"tns:axis":                                 "",
		"a::b/c":                                   "b/c",
		"":                                         "",
	} {
		if got := camera.Plain(path); got != want {
			t.Errorf("%s becomes %q, want %q", path, got, want)
		}
	}
}

func TestBelowCountsLevels(t *testing.T) {
	t.Parallel()
	for levels, want := range []string{"a/b/c", "b/c", "c", "", ""} {
		if got := camera.Below("a/b/c", levels); got != want {
			t.Errorf("below %d levels is %q, want %q", levels, got, want)
		}
	}
}
