package alarm

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"opscenter/internal/city"
)

//go:embed words.json
var words []byte

// Vocabulary says in words what a reason is, and what to do about it first.
type Vocabulary map[city.Reason]Word

// Word is one reason in both languages. One that has no advice of its own is looked at first.
type Word struct {
	Name   city.Names `json:"name"`
	Advice city.Names `json:"advice"`
}

// NewVocabulary returns the center's own words: of the reasons that it gives itself, that Specs give,
// and, with incident. before them, of the types of incidents.
func NewVocabulary() (Vocabulary, error) {
	v := Vocabulary{}
	if err := json.Unmarshal(words, &v); err != nil {
		return nil, fmt.Errorf("words of alarms: %w", err)
	}
	return v, nil
}

// Name returns what a reason is called, or the reason itself where nobody named it.
func (v Vocabulary) Name(r city.Reason) city.Names {
	if w, ok := v[r]; ok {
		return w.Name
	}
	return city.Names{VI: string(r), EN: string(r)}
}

// Advice returns what to do first.
func (v Vocabulary) Advice(r city.Reason) city.Names {
	if a := v[r].Advice; a.VI != "" {
		return a
	}
	return city.Names{VI: "Xem chi tiết và báo đơn vị phụ trách.", EN: "Look at the details and tell whoever is responsible."}
}
