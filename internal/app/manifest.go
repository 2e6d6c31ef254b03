package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

// declared returns the subsystems of the center with those that were declared at run time before, and
// their manifests. One that cannot be beside those of this program any more is left out, and said so.
func (a *App) declared(ctx context.Context) (set *subsystem.Set, documents map[string][]byte, err error) {
	stored, err := a.store.Declared(ctx)
	if err != nil {
		return nil, nil, err
	}
	set, documents = a.subsystems, make(map[string][]byte, len(stored))
	for _, id := range slices.Sorted(maps.Keys(stored)) {
		documents[id] = stored[id]
		with, err := a.assemble(documents)
		if err != nil {
			delete(documents, id)
			a.log.Error("a subsystem that was declared at run time is left out; retire it, or publish another manifest", "subsystem", id, "error", err)
			continue
		}
		set = with
	}
	return set, documents, nil
}

// assemble returns the subsystems of the center: those that it was built with, and those that
// manifests declare, by id.
func (a *App) assemble(manifests map[string][]byte) (*subsystem.Set, error) {
	c := a.config.set(a.zone)
	c.Factories = slices.Clip(c.Factories)
	for _, id := range slices.Sorted(maps.Keys(manifests)) {
		spec, err := native.ParseManifest(manifests[id])
		if err != nil {
			return nil, fmt.Errorf("subsystem %q: %w", id, err)
		}
		if spec.ID != id {
			return nil, fmt.Errorf("subsystem %q: the manifest declares %q", id, spec.ID)
		}
		c.Factories = append(c.Factories, native.Standard(spec))
	}
	return subsystem.NewSet(c)
}
