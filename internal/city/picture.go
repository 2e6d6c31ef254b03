package city

// Change names one entity of the live picture that is no longer what it was, and the location that
// it belongs to, which is empty for entities of no single location.
type Change struct {
	Key      string // device/cam-017
	Location string // loc-005
}

// Picture is the live picture of the city at one moment, as keyed entities in JSON.
type Picture interface {
	// Entity returns the entity under a key, encoded once and shared: callers must not modify it.
	Entity(key string) (json []byte, ok bool)

	// Each calls visit for every key that starts with prefix, sorted, with the key's location.
	Each(prefix string, visit func(key, location string))
}
