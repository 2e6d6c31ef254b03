package mapping

import (
	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
)

// Measure is where a number is in a message, and what it means.
type Measure struct {
	Path Path
	Quantity
}

// Read reads the number, if it is there. Its error says what is wrong with the value, and not where.
func (m *Measure) Read(v gjson.Result) (reading city.Reading, there bool, err error) {
	found := m.Path.In(v)
	if !loose.There(found) {
		return city.Reading{}, false, nil
	}
	f, err := loose.Number(found)
	if err != nil {
		return city.Reading{}, false, err
	}
	reading, err = m.Of(f)
	return reading, err == nil, err
}
