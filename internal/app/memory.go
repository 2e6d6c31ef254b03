package app

import (
	"runtime/debug"

	"opscenter/internal/city"
)

// How much memory a center may hold before it collects garbage more eagerly than its program asked
// for: what it needs at any size, most of it the log's block caches, and what each device adds.
const (
	memoryBase      = 110 << 20 // bytes
	memoryPerDevice = 16 << 10  // bytes
)

// limitMemory sets the soft limit of the Go runtime by what is registered.
func limitMemory(inv *city.Inventory) {
	debug.SetMemoryLimit(memoryBase + memoryPerDevice*int64(len(inv.Devices)))
}
