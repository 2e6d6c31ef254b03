package recorder

import (
	"cmp"
	"time"

	"opscenter/internal/archive"
	"opscenter/internal/city"
	"opscenter/internal/store"
)

// fullSegment is how large a segment becomes before a state is saved for its sake, in bytes.
const fullSegment = 4 << 20

// The usual distance of keyframes: for ten thousand cameras that speak once a minute, 50,000 entries are
// five minutes, and as many bytes as a keyframe; to apply them takes as long as to restore one. See
// `opscenter bench history`.
const (
	usualEvery   = 10 * time.Minute
	usualEntries = 50_000
)

// Keyframes says how often a saved state is archived, to begin from: when so much time of the log or so
// many entries have passed since the last, whichever comes first.
type Keyframes struct {
	Every   time.Duration // 0: 10 min
	Entries int           // 0: 50,000
}

// archivist gathers what the log says between two saved states, for the archive. A nil one gathers
// nothing.
type archivist struct {
	keyframes Keyframes
	writer    *archive.Writer
	after     uint64    // sequence of the last saved state
	last      time.Time // of the last keyframe; zero: there is none yet
	since     int       // entries since then
}

func newArchivist(codec archive.Codec, k Keyframes, after uint64) (*archivist, error) {
	k.Every, k.Entries = cmp.Or(k.Every, usualEvery), cmp.Or(k.Entries, usualEntries)
	w, err := archive.NewWriter(codec)
	return &archivist{keyframes: k, writer: w, after: after}, err
}

func (a *archivist) add(entries []city.Entry) error {
	if a == nil {
		return nil
	}
	return a.writer.Add(entries)
}

// full says whether a state should be saved now.
func (a *archivist) full() bool { return a != nil && a.writer.Size() >= fullSegment }

// take returns what was gathered up to a state, of which at is the time and seq the sequence.
func (a *archivist) take(at time.Time, seq uint64, state []byte) ([]store.Archived, error) {
	if a == nil {
		return nil, nil
	}
	s, err := a.writer.Take()
	if err != nil {
		return nil, err
	}
	kept := store.Archived{At: at, After: a.after, Seq: seq, Entries: s.Entries, Data: s.Data}
	a.after, a.since = seq, a.since+s.Entries
	if a.last.IsZero() || at.Sub(a.last) >= a.keyframes.Every || a.since >= a.keyframes.Entries {
		if kept.Keyframe, err = archive.Compress(state); err != nil {
			return nil, err
		}
		a.last, a.since = at, 0
	}
	return []store.Archived{kept}, nil
}
