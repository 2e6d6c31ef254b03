package bench

import "encoding/base64"

// sample is a message as the devices that speak a dialect send it.
type sample struct {
	dialect  string
	what     string // a word that tells the dialect's samples apart
	settings string // of the instance, in JSON; empty: the dialect's defaults
	topic    string
	payload  []byte
	before   []said // what the instance must have heard before
}

type said struct {
	topic   string
	payload []byte
}

func (s *sample) name() string { return s.dialect + " " + s.what }

// sampleSubsystem is what the instances of samples feed.
const sampleSubsystem = "trafficsafety"

// samples are of the usual size for their kind; those that are large by nature stand beside the usual
// ones of their dialect.
func samples() []sample {
	return []sample{
		{
			dialect: "onvif", what: "state", topic: "onvif/cam-7/onvif-ej/VideoSource/ImageTooBlurry/AnalyticsService/&VideoSource_1",
			payload: []byte(`{"UtcTime":"2026-11-23T01:14:58.250Z","Source":{"Source":"VideoSource_1"},"Data":{"State":true}}`),
		},
		{
			dialect: "axis", what: "event", topic: "axis/B8A44F7ADD87/event/tns:axis/Storage/Alert/$source/disk_id/SD_DISK",
			payload: []byte(`{"topic":"axis:Storage/Alert","timestamp":1795396498250,"message":{"source":{"disk_id":"SD_DISK"},"key":{},"data":{"alert":"0","overall_health":"0","wear":"3","temperature":"41"}}}`),
		},
		{
			dialect: "frigate", what: "status", topic: "frigate/front_door/status/record", payload: []byte("online"),
		},
		{
			dialect: "frigate", what: "plate", topic: "frigate/tracked_object_update",
			payload: []byte(`{"type":"lpr","id":"1795396498.748393-mxklsc","name":null,"plate":"19A12345","score":0.95,"camera":"front_door","timestamp":1795396499.75,"plate_box":[917,487,1029,529]}`),
		},
		{
			dialect: "frigate", what: "stats of 8 cameras", topic: "frigate/stats", payload: frigateStats(8),
		},
		{
			dialect: "digitraffic", what: "station", topic: "tms-v2/23001/5116",
			payload: []byte(`{"value":624,"time":1795396490,"start":1795396190,"end":1795396490}`),
		},
		{
			dialect: "digitraffic", what: "weather", settings: `{"feeds":["weather"]}`, topic: "weather-v2/2052/1",
			payload: []byte(`{"value":-1.4,"time":1795396490}`),
		},
		{
			dialect: "digitraffic", what: "traffic message", topic: "traffic-message-v3/simple/TRAFFIC_ANNOUNCEMENT",
			payload: []byte(accident),
		},
		{
			dialect: "ttn", what: "uplink", topic: "v3/river@ttn/devices/gauge-01/up",
			settings: `{"metrics":{"level":{"metric":"river_level_m"},"battery":{"metric":"battery_v"}}}`,
			payload: []byte(`{"end_device_ids":{"device_id":"gauge-01","application_ids":{"application_id":"river"},"dev_eui":"70B3D57ED0051234"},` +
				`"received_at":"2026-11-23T01:14:59.123456789Z","uplink_message":{"f_port":1,"f_cnt":4711,"frm_payload":"AbgOEA==",` +
				`"decoded_payload":{"level":4.36,"battery":3.6},"rx_metadata":[{"gateway_ids":{"gateway_id":"gw-1"},"rssi":-97,"snr":7.5},` +
				`{"gateway_ids":{"gateway_id":"gw-2"},"rssi":-112,"snr":-3.25}],"settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7}}},` +
				`"received_at":"2026-11-23T01:14:58.918273645Z"}}`),
		},
		{
			dialect: "mapped", what: "availability", settings: mappedSettings, topic: "zigbee2mqtt/cabinet/7/availability", payload: []byte(`{"state":"online"}`),
		},
		{
			dialect: "mapped", what: "reading", settings: mappedSettings, topic: "tele/cabinet-7/SENSOR",
			payload: []byte(`{"Time":"2026-11-23T08:14:58","AM2301":{"Temperature":31.5,"Humidity":78.2},"TempUnit":"C"}`),
		},
		{
			dialect: "homeassistant", what: "announcement", topic: "homeassistant/binary_sensor/0x00158d0001a2b3c4/contact/config",
			payload: []byte(`{"~":"zigbee2mqtt/cabinet/7","name":"Contact","uniq_id":"0x00158d0001a2b3c4_contact","dev_cla":"door","stat_t":"~","val_tpl":"{{ value_json.contact }}",` +
				`"avty_t":"~/availability","dev":{"ids":["zigbee2mqtt_0x00158d0001a2b3c4"],"name":"cabinet/7","mf":"Aqara","mdl":"MCCGQ11LM","sw":"3000-0001"}}`),
		},
		{
			dialect: "sparkplug", what: "data of a device", topic: "spBv1.0/water/DDATA/station-3/pump-1",
			settings: `{"metrics":{"Level":{"metric":"river_level_m"},"Flow":{"metric":"flow_m3_s"},"Battery":{"metric":"battery_v"}}}`,
			payload:  binary(sparkplugData),
			before: []said{
				{"spBv1.0/water/NBIRTH/station-3", binary(sparkplugNode)},
				{"spBv1.0/water/DBIRTH/station-3/pump-1", binary(sparkplugDevice)},
			},
		},
		{
			dialect: "sparkplug", what: "birth of a device", topic: "spBv1.0/water/DBIRTH/station-3/pump-1",
			settings: `{"metrics":{"Level":{"metric":"river_level_m"},"Flow":{"metric":"flow_m3_s"},"Battery":{"metric":"battery_v"}}}`,
			payload:  binary(sparkplugDevice),
			before:   []said{{"spBv1.0/water/NBIRTH/station-3", binary(sparkplugNode)}},
		},
	}
}

// mappedSettings read Zigbee2MQTT's availability and Tasmota's sensors.
const mappedSettings = `{"rules":[
	{"topic":"zigbee2mqtt/{device...}/availability","availability":{"path":"state","online":["online"],"offline":["offline"]}},
	{"topic":"tele/{device}/SENSOR","time":{"path":"Time"},"metrics":{
		"cabinet_temperature_c":{"path":"AM2301.Temperature"},"cabinet_humidity_pct":{"path":"AM2301.Humidity"}}}
]}`

// binary returns a payload that is not text, from its base64.
func binary(text string) []byte {
	payload, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil // then it is not decoded, which is an error that names the sample
	}
	return payload
}

// Payloads of Sparkplug B: an edge node with its session, a device with four metrics and their
// aliases, and three of them by alias.
const (
	sparkplugNode   = "CKby4a+gNBISCgViZFNlcRim8uGvoDQgCFgEGAA="
	sparkplugDevice = "CKby4a+gNBIbCgVMZXZlbBABGKby4a+gNCAKaWZmZmZmZhFAEhYKBEZsb3cQAhim8uGvoDQgCWUAAEhBEhsKDFB1bXAvUnVubmluZxADGKby4a+gNCALcAESGQoHQmF0dGVyeRAEGKby4a+gNCAJZWZmZkAYAQ=="
	sparkplugData   = "CKby4a+gNBISEAEYpvLhr6A0aXE9CtejcBFAEg4QAhim8uGvoDRlAABEQRIOEAQYpvLhr6A0ZWZmZkAYAg=="
)

// accident is a traffic message: base64 of gzip of a GeoJSON Feature of 550 bytes.
const accident = "H4sIAAAAAAACA3VRy2rDMBD8FaOzEyQ5bcE34yTFlDohOJeWEIS9CaplyehRCMH/Xslu0h5a3cTM7M7sXJG99IBStAZmnQYUozOoDqy+oPR6A7eKS+uhWindcMksGJS+E/wwX2AaUzJPaHIYYtRr1YO2PMBXZLh1zHIli8bPeN4XS4L9W5AnP+oOVtOKapet10V+zMpysy/z1euqrDzNanY68TqTUjlZQwfSfguyPC+WnnTcrbabXeB+gjZ+IEppjDQIYAYq3gUuxfRxRsiMJhUmKVmkGL/9CP4jJSOJ/VodUl+RYPLs2Hm8WhE8civGCBwiGkdKSrBWdc4ZDwpVjzHDQRowteb99L3RDReWoSGM6SCTzdLpu8BYpu3f9vCYwctOU3GTNclG7gvjXhoZJz68FYeGQ+iuCxHGNgXnhkc94y0TgoU2QDagJ1MebMFnaMG0PsJwGIYvNf6V4iYCAAA="
