package sparkplug

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/loose"
	"opscenter/internal/dialect/sparkplug/sparkplugpb"
)

// The data types whose numbers are signed, or not read as they stand (specification, section 6.4.16).
const (
	typeInt8  = 1
	typeInt16 = 2
	typeInt32 = 3
	typeInt64 = 4
)

// number returns the number that a metric has: of any numeric type, of a boolean 1 or 0, of a text what
// it says. It reports false where there is none: it is null, or a double is no number. Sets of data,
// templates, bytes and files are no numbers.
func number(m *sparkplugpb.Payload_Metric, datatype uint32) (f float64, there bool, err error) {
	if m.GetIsNull() {
		return 0, false, nil
	}
	switch v := m.GetValue().(type) {
	case nil:
		return 0, false, nil
	case *sparkplugpb.Payload_Metric_IntValue:
		return short(v.IntValue, datatype), true, nil
	case *sparkplugpb.Payload_Metric_LongValue:
		if datatype == typeInt64 {
			return float64(int64(v.LongValue)), true, nil //nolint:gosec // two's complement is meant
		}
		return float64(v.LongValue), true, nil
	case *sparkplugpb.Payload_Metric_FloatValue:
		return finite(decimal(v.FloatValue))
	case *sparkplugpb.Payload_Metric_DoubleValue:
		return finite(v.DoubleValue)
	case *sparkplugpb.Payload_Metric_BooleanValue:
		if v.BooleanValue {
			return 1, true, nil
		}
		return 0, true, nil
	case *sparkplugpb.Payload_Metric_StringValue:
		f, err = loose.Number(gjson.Result{Type: gjson.String, Str: v.StringValue})
		return f, err == nil, err
	case *sparkplugpb.Payload_Metric_DatasetValue, *sparkplugpb.Payload_Metric_TemplateValue:
		return 0, false, errors.New("a set of values is not a number")
	}
	return 0, false, fmt.Errorf("a value of type %d is not a number", datatype)
}

// numeric reports whether a metric is a number by its type.
func numeric(m *sparkplugpb.Payload_Metric) bool {
	switch m.GetValue().(type) {
	case *sparkplugpb.Payload_Metric_IntValue, *sparkplugpb.Payload_Metric_LongValue, *sparkplugpb.Payload_Metric_FloatValue,
		*sparkplugpb.Payload_Metric_DoubleValue, *sparkplugpb.Payload_Metric_BooleanValue:
		return true
	}
	return false
}

// short reads a number of at most 32 bits. Those that are signed come in two's complement, of their own
// width or of 32 bits, and the lower bits are the same.
func short(v, datatype uint32) float64 {
	switch datatype {
	case typeInt8:
		return float64(int8(v)) //nolint:gosec // two's complement is meant
	case typeInt16:
		return float64(int16(v)) //nolint:gosec // likewise
	case typeInt32:
		return float64(int32(v)) //nolint:gosec // likewise
	case typeInt64:
		return float64(int32(v)) //nolint:gosec // likewise: some senders shorten what fits
	}
	return float64(v)
}

// decimal returns the shortest decimal number that a float stands for: 24.9, not 24.899999618530273.
func decimal(v float32) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return float64(v)
	}
	return f
}

// finite reports whether a number is one: senders write NaN for "no value".
func finite(f float64) (float64, bool, error) {
	return f, !math.IsNaN(f) && !math.IsInf(f, 0), nil
}
