// Package onvif is the dialect of cameras and recorders that publish ONVIF events over MQTT, in the
// "JSON event payload" of the ONVIF Core Specification, as Profile M asks for. README.md says what is
// read and how.
package onvif

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/dialect/camera"
	"opscenter/internal/subsystem"
)

// id is the dialect's, the first part of external ids, and the kind of what cameras say of
// themselves.
const id = "onvif"

// cadence is how often a camera is expected to be heard. There is no last will, and conditions are
// told only when they change, so it is what a camera that reports its processor usage or a counter
// keeps to with ease; an instance may say otherwise.
const cadence = 10 * time.Minute

// Settings are those of one instance.
type Settings struct {
	// Prefix is the topic prefix that the cameras are set to, with {device} where it names the camera.
	Prefix string `json:"prefix"`

	// Devices are the cameras that are read, by what stands for {device}; empty: all. With them, a
	// prefix that begins with {device} leaves the topics of everybody else alone.
	Devices []string `json:"devices"`

	// Device names the camera of a prefix without {device}.
	Device string `json:"device"`

	// Sources tells the channels of a camera or recorder apart: onvif:<device>/<video source>.
	Sources bool `json:"sources"`

	// RecordingJob is the token of the job that decides whether a camera records; empty: any.
	RecordingJob string `json:"recording_job"`

	// ProcessorRatio says that these cameras tell their processor usage from 0 to 1, not in percent.
	ProcessorRatio bool `json:"processor_ratio"`
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	return subsystem.DefineDialect(id,
		"Events of cameras and recorders over MQTT as ONVIF defines them: image, recording and hardware faults, counters, plates.",
		Settings{Prefix: "onvif/{device}"}, open)
}

func open(_ subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if err := s.check(); err != nil {
		return subsystem.Feed{}, err
	}
	d := &decoder{settings: s, skip: strings.Count(s.Prefix, "/") + 2, rules: rules(&s)}
	before, _, _ := strings.Cut(s.Prefix, segment)
	d.level = strings.Count(before, "/")
	return subsystem.Feed{Topics: s.topics(), Decoder: d, Metrics: metrics(), States: states()}, nil
}

// payloadPrefix marks events in JSON. Metadata (onvif-mj) are not subscribed to.
const payloadPrefix = "onvif-ej"

// segment stands for the camera in a prefix.
const segment = "{device}"

// topics returns what the instance owns: all cameras in one, or one of each that is named.
func (s *Settings) topics() []subsystem.Topic {
	prefixes := []string{s.Prefix}
	if len(s.Devices) > 0 {
		prefixes = prefixes[:0]
		for _, d := range s.Devices {
			prefixes = append(prefixes, strings.ReplaceAll(s.Prefix, segment, d))
		}
	}
	topics := make([]subsystem.Topic, len(prefixes))
	for i, prefix := range prefixes {
		topics[i] = subsystem.Topic{
			Pattern: prefix + "/" + payloadPrefix + "/#", Kind: id, Cadence: cadence,
			Doc: "ONVIF events: the topic without namespaces, the source after an ampersand.",
		}
	}
	return topics
}

func (s *Settings) check() error {
	named := strings.Count("/"+s.Prefix+"/", "/"+segment+"/")
	switch {
	case s.Prefix == "":
		return errors.New(`setting "prefix" is empty`)
	case named == 0 && s.Device == "":
		return fmt.Errorf(`setting "prefix": %q has no {device}, and "device" does not name one`, s.Prefix)
	case named > 0 && s.Device != "":
		return fmt.Errorf(`setting "device": %q, but {device} in "prefix" names it`, s.Device)
	case named == 0 && len(s.Devices) > 0:
		return fmt.Errorf(`setting "devices": "prefix" %q has no {device} for them`, s.Prefix)
	}
	for _, d := range s.Devices {
		if d == "" || strings.ContainsAny(d, "/{}") {
			return fmt.Errorf(`setting "devices": %q is not one level of a topic`, d)
		}
	}
	return nil
}

// temperature is the kind of event of a sensor that passed a threshold.
const temperature = "temperature"

func states() []subsystem.State {
	list := camera.States(camera.SignalLost, camera.Impaired, camera.Overheated)
	image := imageConditions()
	list = append(list, camera.States(image...)...)
	for _, s := range services() {
		list = append(list, s.States(image...)...)
	}
	hardware := hardwareConditions()
	list = append(list, camera.States(hardware...)...)
	for _, unit := range units() {
		list = append(list, unit.States(hardware...)...)
	}
	list = append(list, camera.RecordingState())
	return append(list, camera.Notes(camera.Motion, camera.LineCrossed, camera.ObjectsInside, camera.LastEvent)...)
}

// The readings.
const (
	processor = "cpu_pct"
	counted   = "count_total"
)

func metrics() []subsystem.Metric {
	return []subsystem.Metric{
		{
			Name: processor, Names: names("Tải bộ xử lý", "Processor usage"), Unit: "%",
			Doc: "Mean usage of the camera's processor.",
		},
		{
			Name: counted, Names: names("Tổng số đếm được", "Counted since reset"),
			Doc: "Objects that a counting rule of the camera has counted since its last reset. It is a total, not a rate, and falls when the camera resets it.",
		},
	}
}
