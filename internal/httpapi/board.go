package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// Past knows the picture of every moment that is kept.
type Past interface {
	// Board returns the picture as it was after everything that the center had accepted by a time.
	// ErrNotFound says from when on it is known, ErrInvalid that the time has not come.
	Board(ctx context.Context, at time.Time) (Source, error)

	// Span returns the first and the last whole second of which Board knows the picture. ErrNotFound says
	// that there is none yet.
	Span(ctx context.Context) (from, to time.Time, err error)

	// Replay plays the past over the WebSocket that r asks for. With an error, nothing was written:
	// those of Board, or ErrUnavailable if as many replays are under way as there may be.
	Replay(w http.ResponseWriter, r *http.Request, q ReplayQuery) error
}

type boardInput struct {
	At       string   `query:"at" required:"true" example:"2026-11-23T08:00:00+07:00" doc:"RFC 3339 to the second, or civic local time such as 2026-11-23T08:00:00"`
	Location string   `query:"location" maxLength:"64" doc:"id of a location: it and what is there"`
	Keys     []string `query:"keys" maxItems:"256" doc:"keys, or beginnings of keys that end in *, with commas between; all unless given"`
}

type boardOutput struct {
	CacheControl string `header:"Cache-Control"`
	ContentType  string `header:"Content-Type"`
	Body         []byte
}

// boardSpan is what Past's Span returns.
type boardSpan struct {
	Body struct {
		From time.Time `json:"from" doc:"the first second whose picture is known"`
		To   time.Time `json:"to" doc:"the last, which is now"`
	}
}

// past declares the routes of the past.
func (a *api) past() {
	if a.Past == nil {
		return
	}
	op := get("board", "/api/v1/board", "The whole picture as it was at a time")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The entities of the stream by their keys, but for system, as they were streamed then.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"at", "entities"}, Properties: map[string]*huma.Schema{
				"at":       {Type: huma.TypeString, Format: "date-time"},
				"entities": {Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeObject}},
			},
		}}},
	}}
	huma.Register(a.huma, op, a.board)
	huma.Register(a.huma, get("board-span", "/api/v1/board/span", "Of what time pictures are known"), a.boardSpan)
	a.replays()
}

func (a *api) board(ctx context.Context, in *boardInput) (*boardOutput, error) {
	at, err := a.parseInstant("at", in.At)
	if err != nil {
		return nil, a.fail(ctx, "looking back", err)
	}
	wanted, err := selectionOf(in.Keys, in.Location)
	if err != nil {
		return nil, a.fail(ctx, "looking back", err)
	}
	source, err := a.Past.Board(ctx, at)
	if err != nil {
		return nil, a.fail(ctx, "looking back", err)
	}
	body, err := encodeBoard(at, source, wanted)
	if err != nil {
		return nil, a.fail(ctx, "looking back", err)
	}
	return &boardOutput{CacheControl: noStore, ContentType: "application/json", Body: body}, nil
}

func (a *api) boardSpan(ctx context.Context, _ *struct{}) (*boardSpan, error) {
	from, to, err := a.Past.Span(ctx)
	if err != nil {
		return nil, a.fail(ctx, "looking back", err)
	}
	out := &boardSpan{}
	out.Body.From, out.Body.To = from.In(a.Zone), to.In(a.Zone)
	return out, nil
}

// parseInstant is parseMoment for a moment within a day, which may also be told by the city's clocks.
func (a *api) parseInstant(name, text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if moment, err := time.ParseInLocation(layout, text, a.Zone); err == nil && len(text) == len(layout) {
			return moment, nil
		}
	}
	return a.parseMoment(name, text)
}

// selection says which entities are wanted; see stream's subscriptions, which it is like.
type selection struct {
	prefixes []string
	exact    []string
	location string // empty: any
}

func selectionOf(keys []string, location string) (selection, error) {
	s := selection{location: location}
	if location != "" {
		if err := city.CheckID(location); err != nil {
			return s, fmt.Errorf("%w: location: %w", ErrInvalid, err)
		}
	}
	for _, key := range keys {
		prefix, wild := strings.CutSuffix(key, "*")
		switch {
		case key == "" || strings.Contains(prefix, "*"):
			return s, fmt.Errorf("%w: keys: %.40q is neither a key nor a beginning that ends in *", ErrInvalid, key)
		case wild:
			s.prefixes = append(s.prefixes, prefix)
		default:
			s.exact = append(s.exact, key)
		}
	}
	if len(keys) == 0 {
		s.prefixes = []string{""}
	}
	return s, nil
}

func (s *selection) has(key, location string) bool {
	if location == "" {
		location, _ = strings.CutPrefix(key, "location/")
		if location == key {
			location = ""
		}
	}
	return (s.location == "" || s.location == location) &&
		(slices.Contains(s.exact, key) || slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(key, p) }))
}

// encodeBoard writes the wanted entities as the picture has encoded them.
func encodeBoard(at time.Time, source Source, wanted selection) ([]byte, error) {
	when, err := json.Marshal(at)
	if err != nil {
		return nil, err
	}
	body := append(append([]byte(`{"at":`), when...), `,"entities":{`...)
	first := true
	source.Cut(func(p city.Picture) {
		p.Each("", func(key, location string) {
			if !wanted.has(key, location) {
				return
			}
			encoded, ok := p.Entity(key)
			name, quoteErr := json.Marshal(key)
			if err = quoteErr; !ok || err != nil {
				return
			}
			if !first {
				body = append(body, ',')
			}
			first = false
			body = append(append(append(body, name...), ':'), encoded...)
		})
	})
	return append(body, `}}`...), err
}
