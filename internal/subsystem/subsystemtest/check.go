package subsystemtest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// checker collects what a subsystem does not keep to.
type checker struct {
	set     *subsystem.Set
	spec    *subsystem.Spec
	decoder subsystem.Decoder
	foreign bool            // it is a dialect's
	covered map[string]bool // what good fixtures exercise
	faults  []error
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

func (f *fixture) fault(err error) error { return fmt.Errorf("%s: %w", path.Base(f.file), err) }

// configuration checks that an unknown key is refused by name.
func (c *checker) configuration(factory subsystem.Factory) {
	_, err := factory.Open(unknownConfig())
	if err == nil {
		c.fault("configuration: an unknown key is accepted")
	} else if !strings.Contains(err.Error(), unknownKey) {
		c.fault("configuration: the error for an unknown key does not name it: %w", err)
	}
}

// fixture checks what one fixture's message becomes.
func (c *checker) fixture(f *fixture) {
	m, err := f.message(c.set)
	if err != nil {
		c.faults = append(c.faults, f.fault(err))
		return
	}
	for _, fault := range contract(c.spec, c.decoder, m, c.foreign) {
		c.faults = append(c.faults, f.fault(fault))
	}
	observations, failure := decode(c.decoder, m)
	outcome, err := render(observations)
	if err == nil {
		err = f.differs(outcome, failure)
	}
	if err != nil {
		c.faults = append(c.faults, f.fault(err))
		return
	}
	if failure != nil {
		c.covered["bad "+m.Kind] = true
		return
	}
	for i := range observations {
		c.cover(m.Kind, &observations[i])
	}
}

// differs returns how what a message became is not what the fixture wants.
func (f *fixture) differs(outcome string, failure error) error {
	switch {
	case f.want != "" && f.failure != "":
		return fmt.Errorf("it has both sections %q and %q", sectionWant, sectionError)
	case f.want == "" && f.failure == "":
		return fmt.Errorf("it has neither section %q nor %q; run with UPDATE_GOLDEN=1", sectionWant, sectionError)
	case f.failure != "" && failure == nil:
		return fmt.Errorf("want error %q, got observations:\n%s", f.failure, outcome)
	case f.failure != "" && !strings.Contains(failure.Error(), f.failure):
		return fmt.Errorf("want error %q, got %w", f.failure, failure)
	case f.want != "" && failure != nil:
		return fmt.Errorf("want observations, got error: %w", failure)
	case f.want != "" && f.want != outcome:
		return fmt.Errorf("want:\n%s\ngot:\n%s", f.want, outcome)
	}
	return nil
}

// decode calls a decoder, and turns its panic into an error that wraps nothing.
func decode(d subsystem.Decoder, m subsystem.Message) (observations []city.Observation, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			observations, err = nil, fmt.Errorf("the decoder panicked: %v", cause)
		}
	}()
	return d.Decode(m)
}

// contract decodes a message twice and returns what the decoder did that it must not.
func contract(spec *subsystem.Spec, d subsystem.Decoder, m subsystem.Message, foreign bool) []error {
	original := bytes.Clone(m.Payload)
	observations, err := decode(d, m)
	if !bytes.Equal(original, m.Payload) {
		return []error{errors.New("the decoder changed the payload")}
	}
	if err != nil {
		if !errors.Is(err, subsystem.ErrPayload) {
			return []error{fmt.Errorf("the error does not wrap subsystem.ErrPayload: %w", err)}
		}
		if len(observations) > 0 {
			return []error{errors.New("the decoder gave observations and an error")}
		}
		return nil
	}
	var faults []error
	for i := range observations {
		faults = append(faults, promises(spec, m, &observations[i], foreign)...)
	}
	if len(faults) > 0 {
		return faults
	}
	return repeated(d, m, observations)
}

// repeated checks that the same message gives the same again, and that observations live on when
// the payload's memory is used for something else.
func repeated(d subsystem.Decoder, m subsystem.Message, first []city.Observation) []error {
	want, err := render(first)
	if err != nil {
		return []error{err}
	}
	m.Payload = bytes.Clone(m.Payload)
	again, err := decode(d, m)
	if err != nil {
		return []error{fmt.Errorf("the second decoding failed: %w", err)}
	}
	got, err := render(again)
	if err != nil || got != want {
		return []error{errors.Join(errors.New("two decodings of one message differ"), err)}
	}
	for i := range m.Payload {
		m.Payload[i] = '#'
	}
	if got, err = render(again); err != nil || got != want {
		return []error{errors.Join(errors.New("observations share the payload's memory"), err)}
	}
	return nil
}

// concurrency decodes every fixture from many goroutines at once; the race detector watches.
func (c *checker) concurrency(fixtures []*fixture) {
	var wg sync.WaitGroup
	var once sync.Once
	for range 4 {
		wg.Go(func() {
			for _, f := range fixtures {
				m, err := f.message(c.set)
				if err != nil {
					continue
				}
				observations, err := decode(c.decoder, m)
				got, failed := render(observations)
				if failed != nil || (f.want != "" && (err != nil || got != f.want)) || (f.failure != "" && err == nil) {
					once.Do(func() {
						c.fault("%s: decoded by several goroutines at once it becomes something else", path.Base(f.file))
					})
				}
			}
		})
	}
	wg.Wait()
}

// garbage checks that what says nothing is refused, or at least ignored.
func (c *checker) garbage() {
	for i := range c.spec.Topics {
		t := &c.spec.Topics[i]
		for _, payload := range []string{"", "{}", "[]", "null", "0", `"`, "{", "\x00", "\xff\xfe", strings.Repeat("[", 1<<12)} {
			m := subsystem.Message{
				Kind: t.Kind, Location: "loc-001", Device: "dev-001", Payload: []byte(payload),
				ReceivedAt: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC),
			}
			shown := fmt.Sprintf("topic %q: payload %.20q", t.Pattern, payload)
			for _, fault := range contract(c.spec, c.decoder, m, c.foreign) {
				c.fault("%s: %w", shown, fault)
			}
			if observations, err := decode(c.decoder, m); err == nil && len(observations) > 0 {
				c.fault("%s becomes an observation; required fields must be required", shown)
			}
		}
	}
}

// coverage checks that fixtures exercise everything that the Spec declares.
func (c *checker) coverage() {
	want := func(what string) {
		if !c.covered[what] {
			c.fault("no fixture exercises %s", what)
		}
	}
	for _, t := range c.spec.Topics {
		want("good " + t.Kind)
		want("bad " + t.Kind)
	}
	for _, m := range c.spec.Metrics {
		if !c.computed(m.Name) {
			want("metric " + m.Name)
		}
	}
	for _, s := range c.spec.States {
		want("state " + s.Name)
		for _, w := range s.Words {
			want("state " + s.Name + "=" + w.Value)
		}
	}
	for i := range c.spec.Indicators {
		if !c.spec.Indicators[i].Computed {
			want("indicator " + c.spec.Indicators[i].Code)
		}
	}
}

// computed reports whether the center makes a metric by itself.
func (c *checker) computed(metric string) bool {
	return slices.ContainsFunc(c.spec.Indices, func(x subsystem.Index) bool { return x.Metric == metric })
}

func (c *checker) cover(kind string, o *city.Observation) {
	c.covered["good "+kind] = true
	for _, r := range o.Readings {
		c.covered["metric "+r.Metric] = true
	}
	for _, s := range o.States {
		c.covered["state "+s.Name] = true
		c.covered["state "+s.Name+"="+s.Value] = true
	}
	if o.Indicator != nil {
		c.covered["indicator "+o.Indicator.Code] = true
	}
}

// readme checks that the README names every topic, metric, state and aggregate.
func (c *checker) readme(dir fs.FS) {
	text, err := fs.ReadFile(dir, "README.md")
	if err != nil {
		c.fault("README.md: %w", err)
		return
	}
	want := func(what, name string, forms ...string) {
		for _, form := range append(forms, "`"+name+"`") {
			if bytes.Contains(text, []byte(form)) {
				return
			}
		}
		c.fault("README.md does not name %s %q", what, name)
	}
	for _, t := range c.spec.Topics {
		want("topic", t.Pattern, t.Pattern, strings.Replace(t.Pattern, "{root}", root, 1))
	}
	for _, m := range c.spec.Metrics {
		want("metric", m.Name)
	}
	for _, s := range c.spec.States {
		want("state", s.Name)
	}
	for _, a := range c.spec.Aggregates {
		want("aggregate", a.Name)
	}
	for i := range c.spec.Indicators {
		want("indicator", c.spec.Indicators[i].Code)
	}
}
