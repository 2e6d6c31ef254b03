package environment

import "math"

// nowcastHours is how far back the index looks, the hour that just ended included.
const nowcastHours = 12

// levels is how many points of the index the breakpoints of a pollutant stand for.
const levels = 8

// pollutant is one input of the index.
type pollutant struct {
	metric    string
	particles bool            // taken as their NowCast; a gas is taken as the mean of the last hour
	at        [levels]float64 // the concentrations in µg/m³ that give the values of scale
}

// scale are the values of the index at the breakpoints: where one category ends and the next begins,
// and 400 within the last.
func scale() [levels]float64 { return [levels]float64{0, 50, 100, 150, 200, 300, 400, 500} }

// pollutants are Table 2 of the guide, with the breakpoints of O3 that belong to hourly means.
func pollutants() []pollutant {
	return []pollutant{
		{"pm25", true, [levels]float64{0, 25, 50, 80, 150, 250, 350, 500}},
		{"pm10", true, [levels]float64{0, 50, 150, 250, 350, 420, 500, 600}},
		{"o3", false, [levels]float64{0, 160, 200, 300, 400, 800, 1_000, 1_200}},
		{"no2", false, [levels]float64{0, 100, 200, 700, 1_200, 2_350, 3_100, 3_850}},
		{"so2", false, [levels]float64{0, 125, 350, 550, 800, 1_600, 2_100, 2_630}},
		{"co", false, [levels]float64{0, 10_000, 30_000, 45_000, 60_000, 90_000, 120_000, 150_000}},
	}
}

// inputs are the metrics of the pollutants, in their order.
func inputs() []string {
	var metrics []string
	for _, p := range pollutants() {
		metrics = append(metrics, p.metric)
	}
	return metrics
}

// aqi is the Vietnamese air quality index of an hour (VN_AQI, AQI giờ), 0 to 500, by section 2.2.1 of
// the technical guide of Decision 1459/QĐ-TCMT of 12 November 2019, Vietnam Environment
// Administration. Of each pollutant the concentration (of particles the NowCast, of gases the mean of
// the last hour) is put between its two breakpoints on a straight line; the index is the highest of
// them, rounded. Without PM2.5 and PM10 there is none.
func aqi(means [][]float64) (value float64, ok bool) {
	for i, p := range pollutants() {
		concentration := means[i][0]
		if p.particles {
			concentration = nowcast(means[i])
		}
		if math.IsNaN(concentration) {
			continue
		}
		value = max(value, p.index(concentration))
		ok = ok || p.particles
	}
	return math.Round(value), ok
}

// index is the value of the index that a concentration gives. Instruments drift below zero in clean
// air, which is 0; beyond the last breakpoint it is 500.
func (p *pollutant) index(concentration float64) float64 {
	concentration = max(concentration, 0)
	value := scale()
	for i := 1; i < levels; i++ {
		if low, high := p.at[i-1], p.at[i]; concentration < high {
			return value[i-1] + (value[i]-value[i-1])*(concentration-low)/(high-low)
		}
	}
	return value[levels-1]
}

// nowcast is the mean of hourly means, newest first, in which an hour counts w times what the next
// one does: w is the lowest mean ÷ the highest, and 1/2 at the least, so that air that changes quickly is
// judged by its last hours. Missing hours have no weight. It is NaN unless two of the last three hours
// are there.
//
// At w = 1/2 the guide writes Σ cᵢ/2ⁱ instead of the mean. With twelve hours the two differ by 1 in 4,096;
// where hours are missing the sum would take them for clean air, so it is not used.
func nowcast(hours []float64) float64 {
	lowest, highest, recent := math.Inf(1), 0.0, 0
	for i, c := range hours {
		if math.IsNaN(c) {
			continue
		}
		lowest, highest = min(lowest, max(c, 0)), max(highest, c)
		if i < 3 {
			recent++
		}
	}
	if recent < 2 {
		return math.NaN()
	}
	if highest == 0 {
		return 0
	}
	w, weight, sum, weights := max(lowest/highest, 0.5), 1.0, 0.0, 0.0
	for _, c := range hours {
		if !math.IsNaN(c) {
			sum, weights = sum+weight*max(c, 0), weights+weight
		}
		weight *= w
	}
	return sum / weights
}
