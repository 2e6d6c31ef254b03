package ingest

import (
	"bytes"
	"maps"
	"strings"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// BadManifest is the code of a rejected manifest.
const BadManifest = "bad_manifest"

// manifestLevel is the level below the root on which subsystems are declared at run time:
// ioc/v1/$manifest/parking.
const manifestLevel = "/$manifest/"

// Rebuild returns the subsystems of the center with those that documents declare, by id, besides. It
// fails if one of them declares no subsystem, or one of another id, or one that cannot be beside the
// others.
type Rebuild func(documents map[string][]byte) (*subsystem.Set, error)

// manifests are the subsystems declared at run time.
type manifests struct {
	rebuild   Rebuild // nil: there can be none
	documents map[string][]byte
}

// declares returns the id of the subsystem that a topic declares.
func (in *Ingest) declares(topic string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(topic, in.subsystems.Load().Root())
	if !ok || in.manifests.rebuild == nil {
		return "", false
	}
	return strings.CutPrefix(rest, manifestLevel)
}

// declare takes in a manifest: messages are routed by it from the next one on. An empty payload
// retires the subsystem. The broker sends manifests again with every connection, so one that says
// nothing new becomes nothing.
func (in *Ingest) declare(id string, m *subsystem.Message, entries []city.Entry) ([]city.Entry, *refusal) {
	if bytes.Equal(in.manifests.documents[id], m.Payload) { // both are empty where a subsystem that nobody knows is retired
		return entries, nil
	}
	documents := maps.Clone(in.manifests.documents)
	if documents == nil {
		documents = make(map[string][]byte, 1)
	}
	if len(m.Payload) == 0 {
		delete(documents, id)
	} else {
		documents[id] = bytes.Clone(m.Payload)
	}
	set, err := in.manifests.rebuild(documents)
	if err != nil {
		return entries, &refusal{BadManifest, err.Error()}
	}
	in.manifests.documents = documents
	in.subsystems.Store(set)
	return append(entries, city.Entry{At: m.ReceivedAt, Manifest: &city.Manifest{Subsystem: id, Document: documents[id]}}), nil
}
