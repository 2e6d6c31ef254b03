package simulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/simulator"
)

// fields is the contract's table for one kind of message: a check for each field, and which of
// them must be there. A contract has one for each kind.
type fields struct {
	required []string
	checks   map[string]func(any) error
}

type contract map[string]fields

func newContract() contract {
	common := func(more map[string]func(any) error) map[string]func(any) error {
		more["ts"], more["seq"] = isTime, within(1, 1<<53)
		return more
	}
	severity := oneOf("minor", "major", "critical")
	count := within(0, 1e4)
	return contract{
		simulator.KindHealth: {[]string{"ts", "stream"}, common(map[string]func(any) error{
			"stream": oneOf("ok", "no_signal", "unreachable"), "fps": within(0, 60), "expected_fps": within(1, 60),
			"bitrate_kbps": within(0, 2e4), "recording": isBool,
			"image":           oneOf("ok", "obscured", "blurred", "moved", "dark", "frozen"),
			"clock_offset_ms": within(-1e6, 1e6), "storage_used_pct": within(0, 100), "retention_days": within(0, 365),
			"temperature_c": within(0, 80), "firmware": isText,
		})},
		simulator.KindFlow: {[]string{"ts", "window_s", "vehicles"}, common(map[string]func(any) error{
			"window_s": within(1, 60), "vehicles": count, "speed_kmh": within(1, 120), "occupancy_pct": within(0, 100),
			"classes": isClasses, "lane": within(1, 4), "direction": oneOf("north", "east", "south", "west"),
		})},
		simulator.KindIncident: {[]string{"ts", "id", "state", "type", "severity"}, common(map[string]func(any) error{
			"id": isText, "state": oneOf("started", "updated", "ended"),
			"type":     oneOf("accident", "congestion", "breakdown", "flooding", "roadworks", "obstacle", "fire", "crowd"),
			"severity": severity, "description": isText, "lat": within(21.2, 21.5), "lon": within(105.2, 105.6),
		})},
		simulator.KindViolation: {[]string{"ts", "id", "type", "plate"}, common(map[string]func(any) error{
			"id": isText, "type": oneOf("speeding", "red_light", "wrong_lane", "wrong_way", "no_helmet", "seat_belt", "parking"),
			"plate": isPlate, "speed_kmh": within(1, 200), "limit_kmh": within(10, 120), "evidence_url": isURL,
		})},
	}
}

// check fails the test if a message is not what the contract with the outside says. It returns the
// payload, or nil for an availability.
func (c contract) check(t *testing.T, p simulator.Publication) map[string]any {
	t.Helper()
	levels := strings.Split(p.Topic, "/")
	if len(levels) != 6 || !strings.HasPrefix(p.Topic, "ioc/v1/trafficsafety/loc-") ||
		!strings.HasPrefix(levels[4], "cam-") || levels[5] != p.Kind {
		t.Fatalf("topic %q for a message of kind %s", p.Topic, p.Kind)
	}
	if p.Kind == simulator.KindAvailability {
		if word := string(p.Payload); !p.Retained || word != city.Online && word != city.Offline {
			t.Fatalf("%s: retained %v, payload %q", p.Topic, p.Retained, word)
		}
		return nil
	}
	if p.Retained {
		t.Fatalf("%s is retained", p.Topic)
	}
	table, known := c[p.Kind]
	if !known {
		t.Fatalf("message of unknown kind %q", p.Kind)
	}
	var payload map[string]any
	if err := json.Unmarshal(p.Payload, &payload); err != nil {
		t.Fatalf("%s: %v in %s", p.Topic, err, p.Payload)
	}
	for _, name := range table.required {
		if _, present := payload[name]; !present {
			t.Fatalf("%s lacks %s: %s", p.Topic, name, p.Payload)
		}
	}
	for name, value := range payload {
		check, known := table.checks[name]
		if !known {
			t.Fatalf("%s has unknown field %s: %s", p.Topic, name, p.Payload)
		}
		if err := check(value); err != nil {
			t.Fatalf("%s: %s: %v in %s", p.Topic, name, err, p.Payload)
		}
	}
	checkCounts(t, p, payload)
	return payload
}

// checkCounts checks what the contract says about the fields of a flow message together.
func checkCounts(t *testing.T, p simulator.Publication, payload map[string]any) {
	t.Helper()
	if p.Kind != simulator.KindFlow {
		return
	}
	sum := 0.0
	for _, n := range payload["classes"].(map[string]any) {
		sum += n.(float64)
	}
	_, hasSpeed := payload["speed_kmh"]
	if vehicles := payload["vehicles"].(float64); sum != vehicles || hasSpeed != (vehicles > 0) {
		t.Fatalf("%s: vehicles, classes and speed disagree in %s", p.Topic, p.Payload)
	}
}

func within(low, high float64) func(any) error {
	return func(v any) error {
		n, ok := v.(float64)
		if !ok || math.IsNaN(n) || n < low || n > high {
			return fmt.Errorf("%v is no number from %v to %v", v, low, high)
		}
		return nil
	}
}

func oneOf(words ...string) func(any) error {
	return func(v any) error {
		for _, w := range words {
			if v == w {
				return nil
			}
		}
		return fmt.Errorf("%v is none of %s", v, strings.Join(words, ", "))
	}
}

func isTime(v any) error {
	text, _ := v.(string)
	_, err := time.Parse(time.RFC3339, text)
	return err
}

func isText(v any) error {
	if text, ok := v.(string); !ok || text == "" {
		return fmt.Errorf("%v is no text", v)
	}
	return nil
}

func isBool(v any) error {
	if _, ok := v.(bool); !ok {
		return fmt.Errorf("%v is neither true nor false", v)
	}
	return nil
}

func isClasses(v any) error {
	counts, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", v)
	}
	for name, n := range counts {
		if err := oneOf("motorbike", "car", "bus", "truck", "bicycle", "other")(name); err != nil {
			return err
		}
		if err := within(0, 1e4)(n); err != nil {
			return err
		}
	}
	return nil
}

// isPlate accepts plates of series that are never given out, so that no plate is anybody's.
func isPlate(v any) error {
	text, _ := v.(string)
	if !regexp.MustCompile(`^\d\d(-[JQW]\d |[JQW]-)\d{3}\.\d\d$`).MatchString(text) {
		return fmt.Errorf("%q is no invented plate", text)
	}
	return nil
}

func isURL(v any) error {
	text, _ := v.(string)
	u, err := url.Parse(text)
	if err == nil && !strings.HasSuffix(u.Host, ".invalid") {
		err = fmt.Errorf("%q could lead somewhere", text)
	}
	return err
}
