package live

// Refresh forgets what was encoded of devices.
func (b *Board) Refresh() {
	for _, d := range b.devices {
		d.json.Store(nil)
	}
}
