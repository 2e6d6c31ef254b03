package subsystem

// Product names what roll-ups keep beside the metrics of a message for a WeightedMean: Σ Value × Weight,
// without which the mean of a past hour could only be estimated. It cannot be the name of a metric.
func (a *Aggregate) Product() string { return a.Value + "*" + a.Weight }
