package subsystemtest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"opscenter/internal/subsystem"
)

// fixture is one file of testdata: a message, and what it must become. Its sections are topic,
// received (a time in RFC 3339), settings (of a dialect's instance, in JSON; without it those of the
// test), payload (without its last line break) or payload.base64, and one
// of want (observations in JSON) and error (a part of the error's text).
type fixture struct {
	file     string // testdata/health.txtar
	archive  *txtar.Archive
	topic    string
	received time.Time
	settings []byte // of the instance, where it is a dialect's fixture
	payload  []byte
	want     string // section want; empty if there is none
	failure  string // section error; empty if there is none
}

// Sections of a fixture.
const (
	sectionTopic    = "topic"
	sectionReceived = "received"
	sectionSettings = "settings"
	sectionPayload  = "payload"
	sectionBinary   = "payload.base64"
	sectionWant     = "want"
	sectionError    = "error"
)

// load reads every fixture under testdata.
func load(dir fs.FS) (fixtures []*fixture, faults []error) {
	files, err := fs.Glob(dir, "testdata/*.txtar")
	if err != nil {
		return nil, []error{err}
	}
	for _, file := range files {
		text, err := fs.ReadFile(dir, file)
		if err != nil {
			return nil, []error{err}
		}
		f, err := parse(file, text)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path.Base(file), err))
			continue
		}
		fixtures = append(fixtures, f)
	}
	return fixtures, faults
}

func parse(file string, text []byte) (*fixture, error) {
	f := &fixture{file: file, archive: txtar.Parse(text)}
	there := make(map[string]bool)
	for _, s := range f.archive.Files {
		if there[s.Name] {
			return nil, fmt.Errorf("section %q occurs twice", s.Name)
		}
		there[s.Name] = true
		if err := f.section(s.Name, string(s.Data)); err != nil {
			return nil, fmt.Errorf("section %q: %w", s.Name, err)
		}
	}
	for _, name := range []string{sectionTopic, sectionReceived} {
		if !there[name] {
			return nil, fmt.Errorf("no section %q", name)
		}
	}
	if there[sectionPayload] == there[sectionBinary] {
		return nil, fmt.Errorf("want one of the sections %q and %q", sectionPayload, sectionBinary)
	}
	return f, nil
}

func (f *fixture) section(name, data string) (err error) {
	line := strings.TrimSpace(data)
	switch name {
	case sectionTopic:
		f.topic = line
	case sectionReceived:
		f.received, err = time.Parse(time.RFC3339Nano, line)
	case sectionSettings:
		f.settings = []byte(line)
	case sectionPayload:
		f.payload = []byte(strings.TrimSuffix(data, "\n"))
	case sectionBinary:
		f.payload, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	case sectionWant:
		f.want = data
	case sectionError:
		f.failure = line
	default:
		err = errors.New("there is no such section")
	}
	return err
}

// message returns the fixture's message with a payload of its own, or what is wrong with its topic.
func (f *fixture) message(set *subsystem.Set) (subsystem.Message, error) {
	r, location, device := set.Route(f.topic)
	if r == nil {
		return subsystem.Message{}, fmt.Errorf("topic %q matches no pattern of the subsystem", f.topic)
	}
	return subsystem.Message{
		Topic: f.topic, Kind: r.Topic.Kind, Location: location, Device: device,
		Payload: append([]byte(nil), f.payload...), ReceivedAt: f.received.UTC(),
	}, nil
}

// rewritten returns the fixture's file with what its message became.
func (f *fixture) rewritten(outcome string, err error) []byte {
	a := &txtar.Archive{Comment: f.archive.Comment}
	for _, s := range f.archive.Files {
		if s.Name != sectionWant && s.Name != sectionError {
			a.Files = append(a.Files, s)
		}
	}
	if err != nil {
		a.Files = append(a.Files, txtar.File{Name: sectionError, Data: []byte(err.Error() + "\n")})
	} else {
		a.Files = append(a.Files, txtar.File{Name: sectionWant, Data: []byte(outcome)})
	}
	return txtar.Format(a)
}
