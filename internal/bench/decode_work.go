package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"opscenter/internal/subsystem"
)

// decodeWork is a message and what decodes it.
type decodeWork struct {
	name    string
	decoder subsystem.Decoder
	message subsystem.Message
}

// work returns what there is to measure, each decoded once to know that it can be, and the names of
// samples of dialects that the program does not have. A dialect without a sample is an error.
func (o *Decode) work() (work []decodeWork, skipped []string, err error) {
	native, err := o.native()
	if err != nil {
		return nil, nil, err
	}
	foreign, skipped, err := o.foreign()
	if err != nil {
		return nil, nil, err
	}
	for _, w := range append(native, foreign...) {
		if strings.Contains(w.name, o.Only) {
			work = append(work, w)
		}
	}
	if len(work) == 0 {
		return nil, skipped, fmt.Errorf("there is no message whose name contains %q", o.Only)
	}
	return work, skipped, nil
}

// native makes a message of each kind that a subsystem describes.
func (o *Decode) native() (work []decodeWork, err error) {
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: o.Root, Factories: o.Factories})
	if err != nil {
		return nil, err
	}
	var faults []error
	for i := range set.Routes() {
		r := &set.Routes()[i]
		describer, ok := r.Decoder.(subsystem.Describer)
		if !ok {
			continue
		}
		w := decodeWork{name: r.Open.Spec.ID + " " + r.Topic.Kind, decoder: r.Decoder}
		topic := strings.NewReplacer("{location}", "loc-001", "{device}", "dev-001").Replace(r.Pattern.String())
		payload, err := describer.Describe(r.Topic.Kind).Sample()
		if err == nil {
			w.message = messageOf(topic, payload, r, "loc-001", "dev-001")
			err = w.once()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", w.name, err))
		}
		work = append(work, w)
	}
	return work, errors.Join(faults...)
}

// foreign opens an instance for each sample of a dialect.
func (o *Decode) foreign() (work []decodeWork, skipped []string, err error) {
	var faults []error
	sampled := make(map[string]bool)
	all := samples()
	for i := range all {
		s := &all[i]
		if !o.has(s.dialect) {
			skipped = append(skipped, s.name())
			continue
		}
		sampled[s.dialect] = true
		w, err := o.open(s)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.name(), err))
		}
		work = append(work, w)
	}
	for i := range o.Dialects {
		if id := o.Dialects[i].ID; !sampled[id] {
			faults = append(faults, fmt.Errorf("dialect %q has no sample to measure", id))
		}
	}
	return work, skipped, errors.Join(faults...)
}

func (o *Decode) has(dialect string) bool {
	return slices.ContainsFunc(o.Dialects, func(d subsystem.Dialect) bool { return d.ID == dialect })
}

// open opens an instance with a sample's settings, and lets it hear what goes before the sample.
func (o *Decode) open(s *sample) (w decodeWork, err error) {
	w.name = s.name()
	set, err := subsystem.NewSet(subsystem.SetConfig{
		Root: o.Root, Factories: o.Factories, Dialects: o.Dialects, Instances: []subsystem.Instance{{
			Name: "bench", Dialect: s.dialect, Subsystem: sampleSubsystem, Settings: json.RawMessage(s.settings),
		}},
	})
	if err != nil {
		return w, err
	}
	for _, said := range append(s.before, said{s.topic, s.payload}) {
		r, location, device := set.Route(said.topic)
		if r == nil || r.Instance == "" {
			return w, fmt.Errorf("topic %q is not the dialect's", said.topic)
		}
		w.decoder = r.Decoder
		w.message = messageOf(said.topic, said.payload, r, location, device)
		if err := w.once(); err != nil {
			return w, fmt.Errorf("topic %q: %w", said.topic, err)
		}
	}
	return w, nil
}

// once decodes the message, which must say something.
func (w *decodeWork) once() error {
	observations, err := w.decoder.Decode(w.message)
	if err == nil && len(observations) == 0 {
		return errors.New("it is decoded to nothing")
	}
	return err
}

func messageOf(topic string, payload []byte, r *subsystem.Route, location, device string) subsystem.Message {
	return subsystem.Message{
		Topic: topic, Kind: r.Topic.Kind, Location: location, Device: device, Payload: payload,
		ReceivedAt: time.Date(2026, 11, 23, 1, 15, 1, 0, time.UTC),
	}
}
