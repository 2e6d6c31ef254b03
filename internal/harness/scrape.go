package harness

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Sum returns the sum over all label values of one metric on the center's /metrics, or only over
// those with a label value if label is not empty. An absent metric is 0.
func (c *Center) Sum(ctx context.Context, name, label, value string) (float64, error) {
	family, err := c.scrape(ctx, name)
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, m := range family.GetMetric() {
		matches := label == ""
		for _, l := range m.GetLabel() {
			matches = matches || (l.GetName() == label && l.GetValue() == value)
		}
		if matches {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return total, nil
}

// Above returns how many values of a histogram on the center's /metrics were greater than limit, of
// how many in all. The limit that counts is the first bucket's bound that is not less.
func (c *Center) Above(ctx context.Context, name string, limit float64) (above, all uint64, err error) {
	family, err := c.scrape(ctx, name)
	if err != nil {
		return 0, 0, err
	}
	for _, m := range family.GetMetric() {
		count := m.GetHistogram().GetSampleCount()
		all += count
		for _, b := range m.GetHistogram().GetBucket() {
			if b.GetUpperBound() >= limit {
				above += count - b.GetCumulativeCount()
				break
			}
		}
	}
	return above, all, nil
}

func (c *Center) scrape(ctx context.Context, name string) (*dto.MetricFamily, error) {
	status, body, err := c.Get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	if status != 200 {
		return nil, fmt.Errorf("/metrics answered %d", status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("/metrics: %w", err)
	}
	return families[name], nil
}

// ImportCity registers n synthetic cameras with the running center.
func (c *Center) ImportCity(ctx context.Context, n int) error {
	var csv strings.Builder
	csv.WriteString("type,id,name,area,lat,lon,location,subsystem,kind,external_id,parent,contractor,model,cadence_s,expected_fps\n")
	for i := range n {
		if i%devicesPerLocation == 0 {
			site := i / devicesPerLocation
			fmt.Fprintf(&csv, "location,%s,%s,bench,%.5f,%.5f,,,,,,,,,\n", LocationID(i), LocationID(i),
				21.0+float64(site/100)*0.002, 105.0+float64(site%100)*0.002)
		}
		fmt.Fprintf(&csv, "device,%s,%s,,,,%s,trafficsafety,camera.overview,,,,,60,25\n", DeviceID(i), DeviceID(i), LocationID(i))
	}
	return c.Post(ctx, "/api/v1/inventory", "text/csv", csv.String())
}
