package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"opscenter/internal/app"
	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// parrot is a dialect of which only the topics matter.
func parrot() subsystem.Dialect {
	type settings struct {
		Prefix string `json:"prefix"`
	}
	return subsystem.DefineDialect("parrot", "It repeats.", settings{Prefix: "parrot"},
		func(_ subsystem.Binding, s settings) (subsystem.Feed, error) {
			return subsystem.Feed{
				Topics:  []subsystem.Topic{{Pattern: s.Prefix + "/{cage}/said/#", Kind: "parrot", Doc: "What it said."}},
				Decoder: mute{},
			}, nil
		})
}

type mute struct{}

func (mute) Decode(subsystem.Message) ([]city.Observation, error) { return nil, nil }

// check runs the command with files, the first of which is the configuration.
func check(t *testing.T, yaml, inventory string) (status int, stdout, stderr string) {
	t.Helper()
	args := []string{"check", "--config", write(t, "c.yaml", yaml)}
	if inventory != "" {
		args = append(args, "--inventory", write(t, "city.csv", inventory))
	}
	var out, errs bytes.Buffer
	status = run(app.Config{Factories: factories(), Dialects: []subsystem.Dialect{parrot()}}, args, &out, &errs)
	return status, out.String(), errs.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const parrots = `
dialects:
  - {name: north, dialect: parrot, subsystem: trafficsafety, cadence: 90s}
  - {name: south, dialect: parrot, subsystem: trafficsafety, settings: {prefix: zoo/parrot}}
`

// squeeze makes runs of spaces one, so that a test does not know how wide a column is.
func squeeze(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func TestCheckListsSubsystemsDialectsAndTopicsWithTheirOwners(t *testing.T) {
	t.Parallel()
	status, out, errs := check(t, parrots, "")
	if status != 0 || errs != "" {
		t.Fatalf("status %d: %s", status, errs)
	}
	out = squeeze(out)
	for _, want := range []string{
		"trafficsafety Camera an ninh và giao thông Traffic safety cameras 1 min 17 0\n",
		"INSTANCE DIALECT SUBSYSTEM CADENCE\nnorth parrot trafficsafety 90 s\nsouth parrot trafficsafety default\n",
		"TOPIC KIND OWNER\nioc/v1/trafficsafety/+/+/availability availability subsystem \"trafficsafety\"\n",
		"parrot/+/said/# parrot dialect instance \"north\"\nzoo/parrot/+/said/# parrot dialect instance \"south\"\n",
		"subscriptions at the broker:\nioc/v1/#\nparrot/+/said/#\nzoo/parrot/+/said/#\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no\n%s\nin:\n%s", want, out)
		}
	}
}

func TestCheckNamesBothWhoClaimATopic(t *testing.T) {
	t.Parallel()
	status, _, errs := check(t, strings.ReplaceAll(parrots, "zoo/parrot", "parrot"), "")
	if status != exitUsage || !strings.Contains(errs, `dialect instance "south" overlaps`) || !strings.Contains(errs, `dialect instance "north"`) {
		t.Errorf("status %d: %s", status, errs)
	}
	status, _, errs = check(t, strings.ReplaceAll(parrots, "zoo/parrot", "ioc/v1/trafficsafety"), "")
	if status != exitUsage || !strings.Contains(errs, `dialect instance "south" overlaps`) || !strings.Contains(errs, `subsystem "trafficsafety"`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestCheckRefusesWhatADialectDoesNotKnow(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		strings.ReplaceAll(parrots, "{prefix:", "{prefx:"):    `dialect instance "south": dialect "parrot": settings: json: unknown field "prefx"`,
		strings.ReplaceAll(parrots, "cadence", "kadence"):     `dialects[0]: unknown key "kadence"`,
		strings.ReplaceAll(parrots, "t: parrot,", "t: crow,"): `dialect instance "north": there is no dialect "crow"`,
		strings.ReplaceAll(parrots, "trafficsafety", "zoo"):   `dialect instance "north": there is no subsystem "zoo"`,
		strings.ReplaceAll(parrots, "south", "north"):         `dialect instance "north": the name occurs twice`,
	} {
		if status, _, errs := check(t, yaml, ""); status != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("status %d, no fault %q in: %s", status, want, errs)
		}
	}
}

const zoo = `type,id,name,area,lat,lon,location,subsystem,kind,external_id,parent,contractor,model,cadence_s,expected_fps
location,loc-001,Gate,,21.32,105.40,,,,,,,,,
device,cam-001,Gate,,,,loc-001,trafficsafety,camera.overview,parrot:polly;crow:1,,,,,
device,cam-002,Gate,,,,loc-001,trafficsafety,camera.overview,crow:2,,,,,
device,cam-003,Gate,,,,loc-001,trafficsafety,camera.overview,,,,,,
`

func TestCheckWarnsOfDevicesThatNoDialectSpeaksOf(t *testing.T) {
	t.Parallel()
	status, out, errs := check(t, parrots, zoo)
	const want = `warning: no instance of dialect "crow" is configured, so nothing will be heard of cam-001, cam-002 by their external id`
	if status != 0 || !strings.Contains(out, want) || strings.Contains(out, `dialect "parrot" is`) {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	if !strings.Contains(out, "inventory: 0 areas, 1 locations, 3 devices") {
		t.Errorf("no count in: %s", out)
	}
	status, _, errs = check(t, parrots, strings.ReplaceAll(zoo, "trafficsafety", "zoo"))
	if status != exitUsage || !strings.Contains(errs, `device "cam-003": unknown subsystem "zoo"`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestCheckNamesFaultsOfReports(t *testing.T) {
	t.Parallel()
	status, _, stderr := check(t, `
reports:
  - {name: contractors, report: availability, every: month, parameters: {group_by: contractor}}
  - {name: weather, report: weather, every: day}
  - {name: mailed, report: faults, every: day, to: [ops@example.org]}
`, "")
	if status != 2 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{`reports[1]: report "weather": there is no such report`, "reports[2]: to: no mail server is configured"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no fault %q in:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, "reports[0]") {
		t.Errorf("the first is sound, and named in:\n%s", stderr)
	}
}
