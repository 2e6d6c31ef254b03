package homeassistant_test

import (
	"testing"
	"time"

	"opscenter/internal/dialect/homeassistant"
	"opscenter/internal/subsystem"
)

// contact is a message of the size and form that Zigbee2MQTT publishes for each entity.
const contact = `{"availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"},` +
	`{"topic":"zigbee2mqtt/cabinet-07/availability","value_template":"{{ value_json.state }}"}],"availability_mode":"all",` +
	`"device":{"identifiers":["zigbee2mqtt_0x00158d0001a2b3c4"],"manufacturer":"Aqara","model":"Door and window sensor",` +
	`"model_id":"MCCGQ11LM","name":"cabinet-07","sw_version":"3000-0001","via_device":"zigbee2mqtt_bridge_0x00124b0018e27a11"},` +
	`"device_class":"door","name":null,"object_id":"cabinet-07_contact","origin":{"name":"Zigbee2MQTT","sw":"2.1.1",` +
	`"url":"https://www.zigbee2mqtt.io"},"payload_off":true,"payload_on":false,"state_topic":"zigbee2mqtt/cabinet-07",` +
	`"unique_id":"0x00158d0001a2b3c4_contact_zigbee2mqtt","value_template":"{{ value_json.contact }}"}`

func BenchmarkDecode(b *testing.B) {
	feed, err := open(b, "")
	if err != nil {
		b.Fatal(err)
	}
	m := subsystem.Message{
		Topic: "homeassistant/binary_sensor/0x00158d0001a2b3c4/contact/config", Kind: homeassistant.ID,
		Payload: []byte(contact), ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := feed.Decoder.Decode(m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}
