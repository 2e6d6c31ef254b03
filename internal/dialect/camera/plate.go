package camera

// A plate that a camera or a recorder read is an event of kind Recognition and of type PlateSeen,
// whoever tells of it, so that one filter finds all.
const (
	Recognition = "recognition"
	PlateSeen   = "plate_seen"
)
