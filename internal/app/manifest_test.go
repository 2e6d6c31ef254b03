package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/city"
	"opscenter/internal/mqtt"
)

const parking = `{"id":"parking","names":{"vi":"Bãi đỗ xe","en":"Parking"},"cadence_s":60,
 "metrics":[{"name":"free_spaces","names":{"vi":"Chỗ trống","en":"Free spaces"},"warning":20,"direction":"below"}]}`

// startParking runs a center that has one car park, and returns its address, how to stop it, and how to
// publish.
func startParking(t *testing.T, c app.Config) (url string, stop func(), publish func(topic, payload string, retained bool)) {
	t.Helper()
	c.Seed = &app.Seed{
		Locations: []city.Location{{ID: "loc-001", Name: "Quảng trường Hùng Vương"}},
		Devices:   []city.Device{{ID: "lot-1", Name: "Bãi 1", Location: "loc-001", Subsystem: "parking", Kind: "lot"}},
	}
	endpoints, stop := running(t, c)
	p, err := mqtt.NewPublisher(t.Context(), mqtt.PublisherConfig{URL: endpoints.MQTT}, c.Logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return endpoints.HTTP, stop, func(topic, payload string, retained bool) {
		t.Helper()
		sent := make(chan error, 1)
		err := p.Publish(t.Context(), mqtt.Outgoing{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: retained}, func(err error) { sent <- err })
		if err == nil {
			err = <-sent
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A thirteenth subsystem is declared, judged by, kept over a restart and retired, with no rebuild.
func TestASubsystemIsDeclaredAndRetiredAtRunTime(t *testing.T) {
	t.Parallel()
	c := settings(t)
	url, stop, publish := startParking(t, c)
	publish("ioc/v1/$manifest/parking", parking, true)
	await(t, url+"/api/v1/subsystems/parking", `"vi":"Bãi đỗ xe"`)
	await(t, url+"/api/v1/legend", `"Free spaces"`)
	now := time.Now().Format(time.RFC3339)
	publish("ioc/v1/parking/loc-001/lot-1/reading", `{"ts":"`+now+`","values":{"free_spaces":3}}`, false)
	await(t, url+"/api/v1/devices/lot-1", `"reason":"below_limit"`)

	publish("ioc/v1/$manifest/lots", `{"id":"lots","names":{"vi":"Bãi"}}`, true)
	await(t, url+"/api/v1/quarantine?code=bad_manifest", `cadence_s 0`)
	stop()

	url, _, publish = startParking(t, c)
	await(t, url+"/api/v1/devices/lot-1", `"reason":"below_limit"`)
	publish("ioc/v1/$manifest/parking", "", true)
	deadline := time.Now().Add(30 * time.Second)
	for status := 0; status != http.StatusNotFound; status, _ = get(t, url+"/api/v1/subsystems/parking") {
		if time.Now().After(deadline) {
			t.Fatal("the retired subsystem is still shown")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if _, history := get(t, url+"/api/v1/devices/lot-1/history"); !strings.Contains(history, "below_limit") {
		t.Errorf("its history is %s", history)
	}
}
