package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/mqtt"
	"opscenter/internal/store/storetest"
	"opscenter/internal/subsystem"
)

// river is a subsystem whose gauges speak the center's own format, or one of their own, in which the
// payload says who they are.
func river() subsystem.Factory {
	names := city.Names{VI: "Sông", EN: "River"}
	spec := subsystem.Spec{
		ID: "river", Names: names, Doc: "For tests.", Cadence: time.Minute,
		Topics: append(native.Topics("river", native.Reading, native.Indicator), subsystem.Topic{
			Pattern: "gauges/{gauge}/up", Kind: "up", Doc: "What a gauge of another make says.",
		}),
		Metrics: []subsystem.Metric{{Name: "level", Names: names, Unit: "m", Doc: "Above the datum."}},
		Indicators: []subsystem.Indicator{{
			Code: "dry_days", Names: names, Doc: "Days without rain.", Period: subsystem.Monthly,
		}},
	}
	return subsystem.Define(spec, struct{}{}, func(struct{}) (subsystem.Decoder, error) {
		own := spec
		own.Topics = own.Topics[:2]
		b := native.Build(own)
		b.Values(native.Reading)
		b.Indicators(native.Indicator)
		decoder, err := b.Decoder()
		return gauges{decoder}, err
	})
}

type gauges struct{ native subsystem.Decoder }

func (g gauges) Decode(m subsystem.Message) ([]city.Observation, error) {
	if m.Kind != "up" {
		return g.native.Decode(m)
	}
	var up struct {
		Serial, Name string
		Level        float64
	}
	if err := json.Unmarshal(m.Payload, &up); err != nil {
		return nil, fmt.Errorf("%w: %w", subsystem.ErrPayload, err)
	}
	o := city.Observation{Kind: "up", External: "gauge:" + up.Serial, ObservedAt: m.ReceivedAt, Undated: true}
	if up.Name != "" {
		o.Announcement = &city.Announcement{Name: up.Name, Model: "G1", Kind: "sensor.level"}
	} else {
		o.Readings = []city.Reading{{Metric: "level", Value: up.Level}}
	}
	return []city.Observation{o}, nil
}

// bank is a center with one location, and what publishes to it.
type bank struct {
	t         *testing.T
	database  string
	endpoints app.Endpoints
	publisher *mqtt.Publisher
}

func newBank(t *testing.T) *bank {
	t.Helper()
	c := settings(t)
	c.Factories = []subsystem.Factory{river()}
	b := &bank{t: t, database: c.DatabaseURL, endpoints: start(t, c)}
	await(t, b.endpoints.HTTP+"/readyz", `"ready":true`)
	var err error
	b.publisher, err = mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: b.endpoints.MQTT}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.publisher.Close(context.Background()) })
	b.request(http.MethodPost, "/api/v1/inventory", "type,id,name,area,lat,lon\nlocation,loc-1,Bến,w,21,105\n", http.StatusOK)
	return b
}

func (b *bank) publish(topic, payload string) {
	b.t.Helper()
	told := make(chan error, 1)
	if err := b.publisher.Publish(b.t.Context(), mqtt.Outgoing{Topic: topic, Payload: []byte(payload), QoS: 1}, func(err error) { told <- err }); err != nil {
		b.t.Fatal(err)
	}
	if err := <-told; err != nil {
		b.t.Fatal(err)
	}
}

func (b *bank) request(method, path, body string, status int) string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.endpoints.HTTP+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.HasPrefix(body, "{") {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := new(http.Client).Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode != status {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, response.StatusCode, status, text)
	}
	return string(text)
}

const discovered = "/api/v1/inventory/discovered"

// ref waits until a device was discovered and seen so often, and returns the path of it.
func (b *bank) ref(external string, sightings int) string {
	b.t.Helper()
	await(b.t, b.endpoints.HTTP+discovered, fmt.Sprintf(`"external_id":%q`, external))
	await(b.t, b.endpoints.HTTP+discovered, fmt.Sprintf(`"sightings":%d`, sightings))
	var list struct {
		Items []struct {
			Ref      string
			External string `json:"external_id"`
		}
	}
	if err := json.Unmarshal([]byte(b.request(http.MethodGet, discovered, "", http.StatusOK)), &list); err != nil {
		b.t.Fatal(err)
	}
	for _, i := range list.Items {
		if i.External == external {
			return discovered + "/" + i.Ref
		}
	}
	b.t.Fatalf("%s is not among %+v", external, list)
	return ""
}

func TestADiscoveredDeviceCountsFromTheMessageAfterItsAdoption(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.publish("gauges/7/up", `{"serial":"A7","level":3.5}`)
	b.publish("gauges/7/up", `{"serial":"A7","name":"Sông Lô","plate":"19A-123.45"}`)
	path := b.ref("gauge:A7", 2)
	await(t, b.endpoints.HTTP+discovered, `"name":"Sông Lô","maker":"","model":"G1","firmware":"","kind":"sensor.level"`)
	if list := b.request(http.MethodGet, discovered, "", http.StatusOK); !strings.Contains(list, `***-***.**`) {
		t.Errorf("the plate in the sample is not masked: %s", list)
	}

	b.request(http.MethodPost, discovered+"/000000000000/adopt", `{"id":"g-7","location":"loc-1"}`, http.StatusNotFound)
	problem := b.request(http.MethodPost, path+"/adopt", `{"id":"g-7","location":"loc-2"}`, http.StatusUnprocessableEntity)
	if !strings.Contains(problem, `location: there is no location \"loc-2\"`) {
		t.Errorf("got %s", problem)
	}
	device := b.request(http.MethodPost, path+"/adopt", `{"id":"g-7","location":"loc-1","cadence_s":600}`, http.StatusCreated)
	if !strings.HasPrefix(device, `{"id":"g-7","name":"Sông Lô","location":"loc-1","subsystem":"river","kind":"sensor.level","external_id":"gauge:A7",`) {
		t.Errorf("adopted as %s", device)
	}
	problem = b.request(http.MethodPost, path+"/adopt", `{"id":"g-8","location":"loc-1"}`, http.StatusConflict)
	if !strings.Contains(problem, `is device \"g-7\" (Sông Lô) at location \"loc-1\"`) {
		t.Errorf("got %s", problem)
	}
	b.publish("gauges/7/up", `{"serial":"A7","level":4.25}`)
	await(t, b.endpoints.HTTP+"/api/v1/devices/g-7", `"value":4.25`)
	if list := b.request(http.MethodGet, discovered, "", http.StatusOK); list != `{"items":[],"total":0}`+"\n" {
		t.Errorf("still to be discovered: %s", list)
	}
	if quarantined := b.request(http.MethodGet, "/api/v1/quarantine", "", http.StatusOK); !strings.Contains(quarantined, `"total":0`) {
		t.Errorf("a stranger's dialect was taken for a fault: %s", quarantined)
	}

	// A second voice of the same device.
	b.publish("gauges/8/up", `{"serial":"B8","level":1}`)
	b.request(http.MethodPost, b.ref("gauge:B8", 1)+"/adopt", `{"device":"g-7"}`, http.StatusCreated)
	b.publish("gauges/8/up", `{"serial":"B8","level":5.5}`)
	await(t, b.endpoints.HTTP+"/api/v1/devices/g-7", `"value":5.5`)
	if file := b.request(http.MethodGet, "/api/v1/inventory", "", http.StatusOK); !strings.Contains(file, "gauge:A7;gauge:B8") {
		t.Errorf("exported %s", file)
	}
}

func TestANativeStrangerIsQuarantinedAndAdoptedByItsOwnName(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	const topic = "ioc/v1/river/loc-1/g-1/reading"
	b.publish(topic, `{"ts":"2026-11-23T08:15:00+07:00","values":{"level":2}}`)
	path := b.ref("native:river/g-1", 1)
	await(t, b.endpoints.HTTP+"/api/v1/quarantine", `"code":"unregistered"`)
	b.request(http.MethodPost, path+"/adopt", `{"id":"g-2"}`, http.StatusUnprocessableEntity)
	device := b.request(http.MethodPost, path+"/adopt", `{"id":"g-1","location":"loc-1"}`, http.StatusCreated)
	if !strings.Contains(device, `"external_id":""`) {
		t.Errorf("adopted as %s", device)
	}
	b.publish(topic, `{"ts":"`+time.Now().Format(time.RFC3339)+`","values":{"level":6.75}}`)
	await(t, b.endpoints.HTTP+"/api/v1/devices/g-1", `"value":6.75`)
	b.request(http.MethodDelete, path, "", http.StatusNoContent)
	b.request(http.MethodDelete, path, "", http.StatusNotFound)
}

func TestAStrangerOfASubsystemThatIsGoneIsNotAdopted(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	storetest.Rows(t, b.database, `INSERT INTO discovered SELECT 'gauge:A7', '0a1b2c3d4e5f', 'canal', 'gauge', 'gauges/7/up', '{}',
		'', '', '', '', '', true, now(), now(), 1 RETURNING ref`)
	problem := b.request(http.MethodPost, discovered+"/0a1b2c3d4e5f/adopt", `{"id":"g-7","location":"loc-1"}`, http.StatusUnprocessableEntity)
	if !strings.Contains(problem, `speaks to subsystem \"canal\", which the center does not have`) {
		t.Errorf("got %s", problem)
	}
}

func TestAnIndicatorIsReadBackWithItsRevisions(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.request(http.MethodPost, "/api/v1/inventory", "type,id,name,location,subsystem,kind,external_id,parent,contractor,model,cadence_s,expected_fps\n"+
		"device,desk,Bàn,loc-1,river,desk,,,,,,\n", http.StatusOK)
	for _, figure := range []string{
		`"period":"2026-10","value":12`, `"period":"2026-09","value":3`, `"period":"2026-10","value":11,"revision":1`,
	} {
		b.publish("ioc/v1/river/loc-1/desk/indicator", `{"ts":"2026-11-02T08:00:00+07:00","indicator":"dry_days",`+figure+`}`)
	}
	url := b.endpoints.HTTP + "/api/v1/subsystems/river/indicators/dry_days"
	await(t, url+"?revisions=all", `"total":3`)
	var list struct {
		Items []struct {
			Period string
			Value  float64
		}
		Total int
	}
	if err := json.Unmarshal([]byte(b.request(http.MethodGet, "/api/v1/subsystems/river/indicators/dry_days", "", http.StatusOK)), &list); err != nil {
		t.Fatal(err)
	}
	if list.Total != 2 || list.Items[0].Value != 3 || list.Items[1].Value != 11 {
		t.Errorf("got %+v", list)
	}
	await(t, url+"?limit=1", `"next":`)
	await(t, url+"?from=2026-10&to=2026-11", `"total":1`)
}
