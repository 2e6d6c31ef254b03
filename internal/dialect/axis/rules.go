package axis

import (
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/dialect/loose"
)

// told is what an event says: a state or an event of the city, in a series of its own, or nothing of
// use.
type told struct {
	channel string
	state   city.State
	event   *city.Event
}

// say tells a condition. Each has a channel of its own: retained events come in any order after a
// connect, and an older one of another condition must not be taken for late.
func say(name string, yes bool) told { return told{channel: name, state: camera.Say(name, yes)} }

// reader reads what an event says.
type reader func(e *event) (told, error)

// hardware is what the camera's hardware alarms of ONVIF tell beside the camera's own events, so that
// neither clears what the other has found.
func hardware() camera.Part {
	return camera.Part{Suffix: "hardware", Names: names("cảnh báo phần cứng", "hardware alarm")}
}

// rules returns the rules by path. The last of them are as ONVIF defines them, which Axis cameras
// publish beside their own.
func rules(s *Settings) map[string]reader {
	return map[string]reader{
		"Storage/Alert":                            storage(camera.StorageFailed, "alert", s.Disks),
		"Storage/Disruption":                       storage(camera.StorageDisrupted, "disruption", s.Disks),
		"VideoSource/Tampering":                    tampering(s.TamperingEvent),
		"Device/Status/Temperature/Above_or_below": condition("sensor_level", camera.Overheated),

		"VideoSource/SignalLoss":                       condition("State", camera.SignalLost),
		"VideoSource/GlobalSceneChange/ImagingService": condition("State", camera.SceneChanged),
		"VideoSource/MotionAlarm":                      condition("State", camera.Motion),
		"Device/HardwareFailure/StorageFailure":        condition("Failed", hardware().In(camera.StorageFailed)),
		"Device/HardwareFailure/FanFailure":            condition("Failed", camera.FanFailed),
		"Device/HardwareFailure/PowerSupplyFailure":    condition("Failed", camera.PowerFailed),
		"Device/HardwareFailure/TemperatureCritical":   condition("Critical", hardware().In(camera.Overheated)),
	}
}

// application is the path under which applications on the camera tell of their rules.
const application = "CameraApplicationPlatform/"

// rule returns what reads events of a path, or nil.
func (d *decoder) rule(path string) reader {
	if r := d.rules[path]; r != nil {
		return r
	}
	if strings.HasPrefix(path, application) {
		return scenario
	}
	return nil
}

func condition(field, name string) reader {
	return func(e *event) (told, error) {
		bad, err := e.flag(field)
		return say(name, bad), err
	}
}

// scenario reads whether a rule of an application is active, such as a scenario of Object Analytics.
// That is what the rule sees, and no fault of the camera. Applications tell other things, too, plates
// among them, of which nothing is read.
func scenario(e *event) (told, error) {
	v := member(e.data, "active")
	if !loose.There(v) {
		return told{}, nil
	}
	active, err := loose.Bool(v)
	t := say(camera.Scenario, active)
	t.channel = camera.Clip(strings.TrimPrefix(e.path, application))
	return t, loose.Field("active", err)
}

// tampering reads that somebody has covered or turned the camera.
func tampering(once bool) reader {
	return func(e *event) (told, error) {
		bad, err := e.flag("tampering")
		if err != nil || !once {
			return say(camera.Tampered, bad), err
		}
		if !bad {
			return told{}, nil
		}
		return told{event: &city.Event{Type: camera.Tampered, Phase: city.Instant}}, nil
	}
}
