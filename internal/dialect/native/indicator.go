package native

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

func indicatorField(name string, schema subsystem.Schema, read func(v value, i *city.Indicator) error) Field {
	return Field{name: name, schema: schema, read: func(v value, o *city.Observation) error { return read(v, o.Indicator) }}
}

// indicatorFields are those of a message that tells an indicator's figure. That they fit the
// indicator is for figure to say, since they may come in any order.
func indicatorFields() []Field {
	return []Field{
		indicatorField("indicator", subsystem.Schema{Type: "string"}, func(v value, i *city.Indicator) (err error) {
			i.Code, err = v.line(maxCode)
			return err
		}).Must(),
		indicatorField("period", subsystem.Schema{Type: "string"}, func(v value, i *city.Indicator) (err error) {
			i.Period, err = v.line(maxCode)
			return err
		}).Must(),
		indicatorField("value", plainNumber("The figure, in the indicator's unit."), func(v value, i *city.Indicator) (err error) {
			i.Value, err = v.number()
			return err
		}),
		indicatorField("numerator", plainNumber("The upper part of a ratio."), part(func(i *city.Indicator) **float64 { return &i.Numerator })),
		indicatorField("denominator", plainNumber("The lower part of a ratio, not 0."), part(func(i *city.Indicator) **float64 { return &i.Denominator })),
		indicatorField("scope", slugSchema("What part of the whole it speaks of: a ward, an agency; absent: the whole."), func(v value, i *city.Indicator) (err error) {
			if i.Scope, err = v.line(maxCode); err != nil {
				return err
			}
			return city.CheckID(i.Scope)
		}),
		indicatorField("revision", about(countSchema(), "Grows when the figure of a period is corrected; the latest counts."), func(v value, i *city.Indicator) error {
			n, err := v.count()
			i.Revision = int(n)
			return err
		}),
	}
}

const maxCode = 64 // characters

func part(at func(*city.Indicator) **float64) func(value, *city.Indicator) error {
	return func(v value, i *city.Indicator) error {
		f, err := v.number()
		*at(i) = &f
		return err
	}
}

// figure checks an indicator's figure against its declaration, and works it out of its parts.
func figure(spec *subsystem.Spec, i *city.Indicator) error {
	declared := spec.Indicator(i.Code)
	switch {
	case declared == nil:
		return fmt.Errorf("field \"indicator\": no indicator %q is declared", i.Code)
	case declared.Computed:
		return fmt.Errorf("field \"indicator\": %q is computed by the center and cannot be told", i.Code)
	}
	period, _, _, err := subsystem.ParsePeriod(i.Period, time.UTC)
	if err != nil {
		return fmt.Errorf("field \"period\": %w", err)
	}
	if period != declared.Period {
		return fmt.Errorf("field \"period\": %s is a %s, and %q is told by the %s", i.Period, period, i.Code, declared.Period)
	}
	switch {
	case (i.Numerator == nil) != (i.Denominator == nil):
		return errors.New("fields \"numerator\" and \"denominator\" go together")
	case i.Numerator == nil && math.IsNaN(i.Value):
		return errors.New("field \"value\" is missing, and so are \"numerator\" and \"denominator\"")
	case i.Numerator == nil:
		return nil
	case !declared.Ratio():
		return fmt.Errorf("field \"numerator\": %q is no ratio", i.Code)
	}
	return ratio(i, declared.Scale)
}

// ratio works a figure out of its parts. A value that came with them must be what they give, as far
// as it was written out.
func ratio(i *city.Indicator, scale float64) error {
	if *i.Denominator == 0 {
		return fmt.Errorf("field \"denominator\": %s / 0 has no value", plain(*i.Numerator))
	}
	exact := *i.Numerator / *i.Denominator * scale
	if math.IsNaN(exact) || math.IsInf(exact, 0) {
		return errors.New("field \"denominator\": the ratio is not finite")
	}
	if told := i.Value; !math.IsNaN(told) && math.Abs(told-exact) > written(told) {
		return fmt.Errorf("field \"value\": %s / %s x %s = %s, not %s", plain(*i.Numerator), plain(*i.Denominator),
			plain(scale), strconv.FormatFloat(exact, 'f', max(2, decimals(told)), 64), plain(told))
	}
	i.Value = exact
	return nil
}

// written is how far a value that was rounded to the places it was written with may be off; one
// written as a whole number may be cut off rather than rounded, and is off by less than 1.
func written(value float64) float64 {
	places := decimals(value)
	if places == 0 {
		return 1 - 1e-6
	}
	return 0.5000001 * math.Pow10(-min(places, 9))
}

func decimals(value float64) int {
	text := plain(value)
	for i := range len(text) {
		if text[i] == '.' {
			return len(text) - i - 1
		}
	}
	return 0
}
