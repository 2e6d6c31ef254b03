// Package frigate reads what the recorder Frigate publishes: whether it runs, how well each of its
// cameras delivers, and, where that is asked for, what it sees. Sources: the chapter MQTT of Frigate's
// documentation (docs.frigate.video/integrations/mqtt), and its code where that is silent on versions.
package frigate

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/camera"
	"opscenter/internal/subsystem"
)

// id of the dialect, the kind of what cameras and recorders say, and the first part of external ids.
const id = "frigate"

// defaultPrefix is Frigate's own default for topic_prefix.
const defaultPrefix = "frigate"

// cadence is how often Frigate publishes its statistics unless told otherwise.
const cadence = time.Minute

// Kinds of observations that are events, beside camera.Recognition.
const (
	kindDetection = "detection"
	kindReview    = "review"
)

// Settings are those of one instance, which reads one Frigate.
type Settings struct {
	Prefix  string `json:"prefix"`  // Frigate's topic_prefix
	Events  bool   `json:"events"`  // whether every tracked object becomes an event
	Reviews bool   `json:"reviews"` // whether reviews of severity alert become events
	Plates  bool   `json:"plates"`  // whether recognised number plates become events
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	doc := "The network video recorder Frigate: whether it runs, the health of every camera behind it, the " +
		"number plates that it reads and, where asked for, what it detects."
	return subsystem.DefineDialect(id, doc, Settings{Prefix: defaultPrefix, Plates: true}, open)
}

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	if err := checkPrefix(s.Prefix); err != nil {
		return subsystem.Feed{}, err
	}
	for _, state := range []string{stateStream, stateRecording} {
		if b.Spec.State(state) == nil {
			return subsystem.Feed{}, fmt.Errorf("subsystem %q has no state %q: Frigate feeds a subsystem of cameras", b.Spec.ID, state)
		}
	}
	return subsystem.Feed{
		Topics:  topics(&s),
		Decoder: newDecoder(s.Prefix),
		Metrics: metrics(),
		States:  states(),
	}, nil
}

// checkPrefix returns an error unless prefix is a topic of literal levels.
func checkPrefix(prefix string) error {
	if prefix == "" || strings.ContainsAny(prefix, "+#{};\x00") || strings.HasPrefix(prefix, "$") {
		return fmt.Errorf("prefix %q: want topic levels such as frigate or site/frigate, without wildcards", prefix)
	}
	for level := range strings.SplitSeq(prefix, "/") {
		if level == "" {
			return errors.New("prefix: a level is empty")
		}
	}
	return nil
}

// topics are those that an instance reads. What it does not read, snapshots above all, is not even
// fetched from the broker.
func topics(s *Settings) []subsystem.Topic {
	all := []subsystem.Topic{
		{Pattern: s.Prefix + "/available", Kind: id, Doc: "online, offline or stopped, retained; whether Frigate runs."},
		{Pattern: s.Prefix + "/stats", Kind: id, Cadence: cadence, Doc: "Figures of the recorder and of every camera, every minute."},
		{Pattern: s.Prefix + "/{device}/status/{role}", Kind: id, Doc: "online, offline or disabled, of the roles detect, record and audio."},
		{Pattern: s.Prefix + "/{device}/enabled/state", Kind: id, Doc: "ON or OFF, retained; whether the camera is in service."},
	}
	if s.Plates {
		all = append(all, subsystem.Topic{Pattern: s.Prefix + "/tracked_object_update", Kind: camera.Recognition, Doc: "What was recognised; of these, number plates."})
	}
	if s.Events {
		all = append(all, subsystem.Topic{Pattern: s.Prefix + "/events", Kind: kindDetection, Doc: "Every tracked object as it appears, changes and goes."})
	}
	if s.Reviews {
		all = append(all, subsystem.Topic{Pattern: s.Prefix + "/reviews", Kind: kindReview, Doc: "Periods of activity, of which alerts are read."})
	}
	return all
}

// checkCamera returns an error unless name is one that Frigate's configuration accepts for a camera.
func checkCamera(name string) error {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("%.64q is no name of a camera", name)
	}
	return nil
}

const maxName = 128

// say returns an observation without a time of its own.
func say(kind, external string, m *subsystem.Message) city.Observation {
	return city.Observation{Kind: kind, External: external, ObservedAt: m.ReceivedAt, Undated: true}
}
