package app_test

import (
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/city"
)

func TestAnActionThatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	good := city.Action{Key: "k", Verb: city.Acknowledge, Alarm: "a-1", Actor: "Lan"}
	for want, change := range map[string]func(*city.Action){
		"":                                     func(*city.Action) {},
		"key: 1 to 128":                        func(a *city.Action) { a.Key = "" },
		"key: 1 to 128 visible":                func(a *city.Action) { a.Key = strings.Repeat("k", 129) },
		"key: 1 to 128 visible A":              func(a *city.Action) { a.Key = "a b" },
		"actor: who":                           func(a *city.Action) { a.Actor = " \t" },
		"actor: at most 128":                   func(a *city.Action) { a.Actor = strings.Repeat("ã", 129) },
		"actor: it has a control":              func(a *city.Action) { a.Actor = "Lan\x00" },
		"actor: at most 128 l":                 func(a *city.Action) { a.Actor = "\xff" },
		"assignee: it has":                     func(a *city.Action) { a.Assignee = "a\nb" },
		"reason: at most 2000":                 func(a *city.Action) { a.Reason = strings.Repeat("x", 2001) },
		"reason: it has a control":             func(a *city.Action) { a.Reason = "a\x1bb" },
		"alarm: the id":                        func(a *city.Action) { a.Alarm = "" },
		"verb: \"\" is none of":                func(a *city.Action) { a.Verb = "" },
		"verb: \"resume\" is none":             func(a *city.Action) { a.Verb = city.Resume },
		"verb: \"maintain\" is":                func(a *city.Action) { a.Verb = city.Maintain },
		"until: 2026-11-25T12:00:00Z is over":  func(a *city.Action) { a.Until = now },
		"until: 2027-01-01T00:00:00Z is later": func(a *city.Action) { a.Until = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) },
		"until: comment does not expire":       func(a *city.Action) { a.Verb, a.Reason, a.Until = city.Comment, "x", now.Add(1) },
		"reason: a comment":                    func(a *city.Action) { a.Verb, a.Reason = city.Comment, "  " },
		"reason: why it is shelved":            func(a *city.Action) { a.Verb, a.Until = city.Shelve, now.Add(time.Hour) },
		"until: when it expires":               func(a *city.Action) { a.Verb, a.Reason = city.Shelve, "x" },
		"until: 2026-11-26T12:00:01Z is later": func(a *city.Action) {
			a.Verb, a.Reason, a.Until = city.Shelve, "x", now.Add(24*time.Hour+time.Second)
		},
	} {
		a := good
		change(&a)
		err := app.CheckAction(&a, now)
		if (want == "") != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	a := good
	a.Verb, a.Actor, a.Reason, a.Until = city.Shelve, " Lan ", "a\n\tb ", now.Add(24*time.Hour)
	if err := app.CheckAction(&a, now); err != nil || a.Actor != "Lan" || a.Reason != "a\n\tb" {
		t.Errorf("%+v: %v", a, err)
	}
}
