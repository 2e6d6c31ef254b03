package axis_test

import (
	"testing"
	"time"

	"opscenter/internal/subsystem"
)

func BenchmarkDecode(b *testing.B) {
	set, err := newSet(settings)
	if err != nil {
		b.Fatal(err)
	}
	const serial = "B8A44F7ADD87"
	for _, c := range []struct{ name, topic, payload string }{
		{"condition", "axis/" + serial + "/event/tns:axis/Storage/Alert/$source/disk_id/SD_DISK", `{"topic":"axis:Storage/Alert","timestamp":1795396498250,"message":{"source":{"disk_id":"SD_DISK"},"key":{},"data":{"alert":"1","overall_health":"-3","wear":"98","temperature":"-3"}}}`},
		{"scenario", "axis/" + serial + "/event/tns:axis/CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1", `{"topic":"axis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1","timestamp":1795396498250,"message":{"source":{},"key":{},"data":{"triggerTime":"2026-11-23T08:14:58.250+0700","active":"1","objectId":"4240","classTypes":"human"}}}`},
		{"unknown", "axis/" + serial + "/event/tns:onvif/Device/tns:axis/Sensor/PIR/$source/sensor/0", `{"timestamp":1795396498250,"topic":"onvif:Device/axis:Sensor/PIR","message":{"source":{"sensor":"0"},"key":{},"data":{"state":"1"}}}`},
		{"connection", "axis/" + serial + "/event/connection", `{"connected":true}`},
		{"occupancy", "dataq/occupancy/" + serial, `{"occupancy":{"Human":3,"Car":1},"timestamp":1795396498250,"serial":"` + serial + `","name":"Front entrance","location":"Sweden"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, _, device := set.Route(c.topic)
			m := subsystem.Message{
				Topic: c.topic, Kind: r.Topic.Kind, Device: device, Payload: []byte(c.payload),
				ReceivedAt: time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC),
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Decoder.Decode(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
