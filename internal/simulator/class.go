package simulator

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrFaults is wrapped by every error about a list of faults that cannot be understood or does not
// fit the city.
var ErrFaults = errors.New("faults")

// Class is a class of faults, in the words of the field.
type Class uint8

// The classes of faults.
const (
	Offline        Class = iota // the device is gone; its last will says so
	NoStream                    // it answers, and delivers no picture
	LowFPS                      // too few frames per second
	ClockDrift                  // its clock is wrong, and so are its times
	Obscured                    // something hangs before the lens
	Moved                       // it looks elsewhere
	Defocus                     // its picture is blurred
	Frozen                      // its picture stands still
	Dark                        // its picture is dark
	NotRecording                // nothing of what it sees is kept
	RetentionShort              // what it sees is kept for too few days
	Power                       // a site without power: every device silent, every last will published
	Link                        // its link comes and goes
	Hung                        // it says nothing any more, and its connection stays
	Quiet                       // a detector that counts no more, on a camera that is well
	classes        = iota
)

// nature is how a class of faults behaves when nobody forces it.
type nature struct {
	name   string
	weight float64       // how often, relative to the others
	mend   time.Duration // how long until it is mended, on average
}

// natures are chosen for a demonstration in which something is seen within minutes: about one
// fault per camera in 18 hours, mended after half an hour on average, so that three to four in a
// hundred cameras are not well at any time. Real ones fail more rarely and wait longer.
func natures() [classes]nature {
	return [classes]nature{
		Offline:        {"offline", 20, 35 * time.Minute},
		NoStream:       {"no_stream", 12, 25 * time.Minute},
		LowFPS:         {"low_fps", 10, 30 * time.Minute},
		ClockDrift:     {"clock_drift", 10, 50 * time.Minute},
		Obscured:       {"obscured", 12, 40 * time.Minute},
		Moved:          {"moved", 6, 50 * time.Minute},
		Defocus:        {"defocus", 6, 50 * time.Minute},
		Frozen:         {"frozen", 5, 20 * time.Minute},
		Dark:           {"dark", 3, 40 * time.Minute},
		NotRecording:   {"not_recording", 8, 40 * time.Minute},
		RetentionShort: {"retention_short", 6, 80 * time.Minute},
		Power:          {"power", 3, 12 * time.Minute},
		Link:           {"link", 7, 12 * time.Minute},
		Hung:           {"hung", 4, 20 * time.Minute},
		Quiet:          {"quiet", 6, 20 * time.Minute},
	}
}

// meanBetweenFaults is how long a single camera works on average until something fails.
const meanBetweenFaults = 18 * time.Hour

// Classes lists every class of faults in the order of their constants.
func Classes() []Class {
	all := make([]Class, classes)
	for i := range all {
		all[i] = Class(i)
	}
	return all
}

// String returns the class as it is written in a list of faults: clock_drift.
func (c Class) String() string {
	if int(c) < classes {
		return natures()[c].name
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// classNamed returns the class that String writes so.
func classNamed(text string) (Class, bool) {
	for _, c := range Classes() {
		if c.String() == text {
			return c, true
		}
	}
	return 0, false
}

// classNames lists the names of all classes, for people who mistyped one.
func classNames() string {
	names := make([]string, 0, classes)
	for _, c := range Classes() {
		names = append(names, c.String())
	}
	return strings.Join(names, ", ")
}
