package city

import "hash/fnv"

// PartitionOf returns the partition, from 0 on, that a location belongs to in a log of that many:
// FNV-1a of 32 bits over its id, modulo the number of partitions.
func PartitionOf(location string, partitions int) int {
	if partitions <= 1 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(location))           // never fails
	return int(h.Sum32() % uint32(partitions)) //nolint:gosec // partitions are few
}
