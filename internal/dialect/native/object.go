package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// object reads a kind of message that is one JSON object. Field names are matched exactly; a name
// that occurs twice is refused, one that is not known is ignored, and null counts as absent.
type object struct {
	fields    []Field
	index     map[string]int
	required  uint64 // bit i: fields[i] must be there
	readings  int    // at most
	states    int    // at most
	event     bool
	indicator bool
	check     func(*city.Observation) error // what a whole message must have; nil: nothing more
	refine    func(*subsystem.Schema)       // says in the description what check checks; nil: nothing
	scanners  sync.Pool
}

const maxFields = 64 // bits of object.required

func newObject(b *Builder, kind string, fields []Field) *object {
	fields = append([]Field{timestamp(), sequence()}, fields...)
	obj := &object{fields: fields, index: make(map[string]int, len(fields))}
	obj.scanners.New = func() any {
		s := &scanner{}
		// Names that occur twice are found here, by field, at a fraction of the cost.
		s.json = jsontext.NewDecoder(&s.buffer, jsontext.AllowDuplicateNames(true))
		return s
	}
	if len(fields) > maxFields {
		b.fault("kind %q: more than %d fields", kind, maxFields)
		return obj
	}
	for i := range fields {
		f := &fields[i]
		if _, twice := obj.index[f.name]; twice {
			b.fault("kind %q: field %q occurs twice", kind, f.name)
		}
		if f.bind != nil {
			if err := f.bind(&b.spec); err != nil {
				b.fault("kind %q: field %q: %w", kind, f.name, err)
			}
		}
		obj.index[f.name] = i
		if f.required {
			obj.required |= 1 << i
		}
		if f.state {
			obj.states++
		} else {
			obj.readings += f.size
		}
	}
	return obj
}

func (obj *object) read(m *subsystem.Message, o *city.Observation) error {
	if obj.readings > 0 {
		o.Readings = make([]city.Reading, 0, obj.readings)
	}
	if obj.states > 0 {
		o.States = make([]city.State, 0, obj.states)
	}
	if obj.event {
		o.Event = &city.Event{Phase: city.Instant}
	}
	if obj.indicator {
		o.Indicator = &city.Indicator{Value: math.NaN()}
	}
	s := obj.scanners.Get().(*scanner) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	seen, err := s.scan(obj, m.Payload, o)
	obj.scanners.Put(s)
	if err != nil {
		return err
	}
	if missing := obj.required &^ seen; missing != 0 {
		for i := range obj.fields {
			if missing&(1<<i) != 0 {
				return fmt.Errorf("field %q is missing", obj.fields[i].name)
			}
		}
	}
	if obj.check != nil {
		return obj.check(o)
	}
	return nil
}

// find returns the index of a field by its name. Devices send fields in the order of their
// documentation as a rule, so the one after the last is tried first.
func (obj *object) find(name []byte, next int) (i int, known bool) {
	if next < len(obj.fields) && obj.fields[next].name == string(name) {
		return next, true
	}
	i, known = obj.index[string(name)]
	return i, known
}

// scanner reads JSON strictly, from a payload in place.
type scanner struct {
	buffer bytes.Buffer
	json   *jsontext.Decoder
}

// scan reads a payload into an observation and returns which fields were there.
func (s *scanner) scan(obj *object, payload []byte, o *city.Observation) (seen uint64, err error) {
	s.buffer = *bytes.NewBuffer(payload)
	s.json.Reset(&s.buffer, jsontext.AllowDuplicateNames(true))
	if kind := s.json.PeekKind(); kind != '{' && kind > 0 {
		return 0, fmt.Errorf("the payload is %s, not an object", kindName(kind))
	}
	next := 0
	err = s.members(func(key []byte) error {
		i, known := obj.find(key, next)
		if !known {
			if err := s.json.SkipValue(); err != nil {
				return syntax(err)
			}
			return nil
		}
		next = i + 1
		if seen&(1<<i) != 0 {
			return fmt.Errorf("field %q occurs twice", obj.fields[i].name)
		}
		there, err := s.field(&obj.fields[i], o)
		if there {
			seen |= 1 << i
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if _, err := s.json.ReadToken(); !errors.Is(err, io.EOF) {
		return 0, errors.New("there is more after the object")
	}
	return seen, nil
}

// field reads the value of a field, and reports whether it was there: null counts as absent.
func (s *scanner) field(f *Field, o *city.Observation) (there bool, err error) {
	if f.member != nil && s.json.PeekKind() == '{' {
		return true, s.members(func(key []byte) error {
			name := string(key)
			raw, err := s.json.ReadValue()
			if err != nil {
				return syntax(err)
			}
			if value(raw).kind() == 'n' {
				return nil
			}
			if err := f.member(name, value(raw), o); err != nil {
				return fmt.Errorf("field %q: %q: %w", f.name, name, err)
			}
			return nil
		})
	}
	raw, err := s.json.ReadValue()
	if err != nil {
		return false, syntax(err)
	}
	v := value(raw)
	if v.kind() == 'n' {
		return false, nil
	}
	if f.member != nil {
		return false, fmt.Errorf("field %q: want an object, got %s", f.name, kindName(v.kind()))
	}
	if err := f.read(v, o); err != nil {
		return false, fmt.Errorf("field %q: %w", f.name, err)
	}
	return true, nil
}

// members calls visit with the name of every member of the object that comes next; visit reads the
// member's value, after which the name is no longer valid.
func (s *scanner) members(visit func(key []byte) error) error {
	if _, err := s.json.ReadToken(); err != nil {
		return syntax(err)
	}
	for s.json.PeekKind() != '}' {
		raw, err := s.json.ReadValue()
		if err != nil {
			return syntax(err)
		}
		key, err := value(raw).text()
		if err != nil {
			return err
		}
		if err := visit(key); err != nil {
			return err
		}
	}
	if _, err := s.json.ReadToken(); err != nil {
		return syntax(err)
	}
	return nil
}

// syntax says that the payload is not JSON, and where.
func syntax(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("not JSON: %w", err)
}
