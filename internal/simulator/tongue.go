package simulator

import (
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// tongue is the language in which a camera tells of itself. Which one it is follows from the camera's
// external id: axis:ACCC8E000001 speaks as an Axis camera does, one without an external id natively.
type tongue uint8

const (
	tongueNative  tongue = iota
	tongueAxis           // its maker's MQTT client
	tongueONVIF          // ONVIF events over MQTT, without a last will
	tongueFrigate        // nothing itself: its recorder tells of it
)

// tongueOf returns the tongue of a device, and what it calls itself in it.
func tongueOf(d *city.Device) (t tongue, name string) {
	dialect, name, _ := strings.Cut(d.ExternalID, ":")
	switch dialect {
	case "axis":
		return tongueAxis, name
	case "onvif":
		return tongueONVIF, name
	case "frigate":
		return tongueFrigate, name[strings.LastIndexByte(name, '/')+1:]
	}
	return tongueNative, ""
}

// condition is something that is wrong with a camera as a foreign tongue says it.
type condition struct {
	class Class
	topic string // up to the source
	field string
}

// onvifConditions are the properties that an ONVIF camera publishes, by the fault that sets them.
func onvifConditions() []condition {
	return []condition{
		{Defocus, "VideoSource/ImageTooBlurry/AnalyticsService", "State"},
		{Dark, "VideoSource/ImageTooDark/AnalyticsService", "State"},
		{Moved, "VideoSource/GlobalSceneChange/AnalyticsService", "State"},
		{Obscured, "VideoSource/ImpairedVisibility", "State"},
		{NoStream, "VideoSource/SignalLoss", "State"},
		{NotRecording, "Device/HardwareFailure/StorageFailure", "Failed"},
	}
}

// axisConditions are the states that an Axis camera publishes, by the fault that sets them.
func axisConditions() []condition {
	return []condition{
		{Obscured, "tns:onvif/VideoSource/tns:axis/Tampering/$source/channel/1", "tampering"},
		{NotRecording, "tns:axis/Storage/Disruption/$source/disk_id/SD_DISK", "disruption"},
		{RetentionShort, "tns:axis/Storage/Alert/$source/disk_id/SD_DISK", "alert"},
	}
}

// tellAxisLink publishes what the broker says of an Axis camera's connection.
func (w *World) tellAxisLink(c *camera, at int64, up bool) {
	mark := w.begin()
	w.arena = append(w.arena, `{"connected":`...)
	w.arena = strconv.AppendBool(w.arena, up)
	w.arena = append(w.arena, '}')
	w.publish(at, KindAvailability, "axis/"+c.name+"/event/connection", true, mark)
}

// tellAxis publishes every state of an Axis camera. All of its values are strings.
func (w *World) tellAxis(c *camera, at int64) {
	for _, condition := range axisConditions() {
		mark := w.begin()
		b := w.arena
		b = append(b, `{"timestamp":`...)
		b = strconv.AppendInt(b, c.clock(at)/int64(time.Millisecond), 10)
		path, source, _ := strings.Cut(condition.topic, "/$source/")
		name, value, _ := strings.Cut(source, "/")
		b = word(b, `,"topic":`, path)
		b = word(append(b, `,"message":{"source":{`...), `"`+name+`":`, value)
		b = append(b, `},"key":{},"data":{"`...)
		b = append(b, condition.field...)
		b = append(b, `":"`...)
		b = append(b, bit(c.has(condition.class))...)
		b = append(b, `"}}}`...)
		w.arena = b
		w.publish(at, KindHealth, "axis/"+c.name+"/event/"+condition.topic, false, mark)
	}
}

func bit(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

// tellONVIF publishes the properties of an ONVIF camera that are not what they were, and its processor's
// load, which is all that shows that it lives.
func (w *World) tellONVIF(c *camera, at int64) {
	for i, condition := range onvifConditions() {
		now := uint16(1) << i
		bad := c.has(condition.class)
		if c.said&announced != 0 && bad == (c.said&now != 0) {
			continue
		}
		c.said &^= now
		if bad {
			c.said |= now
		}
		mark := w.begin()
		b := w.onvifHead(c, at, `{"Source":"VideoSource_1"}`)
		b = append(b, condition.field...)
		b = append(b, `":`...)
		b = append(strconv.AppendBool(b, bad), `}}`...)
		w.arena = b
		w.publish(at, KindHealth, "onvif/"+c.name+"/onvif-ej/"+condition.topic, true, mark)
	}
	c.said |= announced
	mark := w.begin()
	b := w.onvifHead(c, at, `{"Token":"Processor_1"}`)
	b = number(b, `Value":`, between(c.rng, 28, 55), 0)
	b = append(b, `}}`...)
	w.arena = b
	w.publish(at, KindHealth, "onvif/"+c.name+"/onvif-ej/Monitoring/ProcessorUsage", false, mark)
}

// announced is the bit of camera.said that says that everything was told once.
const announced = 1 << 15

// onvifHead begins an event up to the name of its only datum.
func (w *World) onvifHead(c *camera, at int64, source string) []byte {
	b := w.arena
	b = append(b, `{"UtcTime":"`...)
	b = time.Unix(0, c.clock(at)).UTC().AppendFormat(b, stamp)
	b = append(b, `","Source":`...)
	b = append(b, source...)
	return append(b, `,"Data":{"`...)
}
