package camera

import (
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// Recording is whether what the camera sees is being recorded: the state of the center's own health
// message, so that of two systems that tell of it the one that spoke last is believed.
const Recording = "recording"

// The notes. They are shown and spoil nothing.
const (
	Motion        = "motion"         // true, false
	LineCrossed   = "line_crossed"   // the rule whose line was crossed last
	ObjectsInside = "objects_inside" // true, false
	Scenario      = "scenario"       // true, false
	LastEvent     = "last_event"     // what the camera spoke of last that the center has no use for
)

// maxNote bounds, in bytes, how much of a foreign text a note keeps.
const maxNote = 64

// RecordingState returns the declaration of Recording. It is word for word that of the subsystem of
// cameras, so that it can be declared beside it.
func RecordingState() subsystem.State {
	return subsystem.State{
		Name: Recording, Names: both("Ghi hình", "Recording"), Facet: city.Recording,
		Doc: "Whether what the camera sees is being recorded.",
		Words: []subsystem.Word{
			{Value: "true", Status: city.OK, Names: both("Đang ghi", "Recording")},
			{Value: "false", Status: city.Critical, Reason: "not_recording", Names: both("Không ghi", "Not recording")},
		},
	}
}

// Notes returns the declarations of those notes.
func Notes(notes ...string) []subsystem.State {
	states := make([]subsystem.State, len(notes))
	for i, n := range notes {
		states[i] = note(n)
	}
	return states
}

// Note returns a note as an observation has it. It keeps the beginning of a long text, and shares
// no memory with it.
func Note(name, value string) city.State {
	return city.State{Name: name, Value: Clip(value)}
}

func note(name string) subsystem.State {
	var names city.Names
	doc := ""
	switch name {
	case Motion:
		names, doc = both("Chuyển động", "Motion"), "Whether the camera sees something move. It is no alarm."
	case LineCrossed:
		names, doc = both("Vạch bị cắt gần nhất", "Line crossed last"), "The rule of the camera's analytics whose line was crossed last."
	case ObjectsInside:
		names, doc = both("Có đối tượng trong vùng", "Objects inside"), "Whether a rule of the camera's analytics sees an object in its field."
	case Scenario:
		names, doc = both("Kịch bản phân tích", "Analytics scenario"), "Whether a scenario of the camera's analytics is active."
	case LastEvent:
		names, doc = both("Sự kiện gần nhất", "Last event"), "What the camera spoke of last that the center has no use for. It shows that the camera lives."
	}
	return subsystem.State{Name: name, Names: names, Doc: doc}
}
