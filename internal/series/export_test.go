package series

import "time"

// Width is the width of the source's buckets.
func (s Source) Width() time.Duration { return s.width() }
