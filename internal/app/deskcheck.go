package app

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"opscenter/internal/city"
)

// Bounds of what people say and how long it lasts.
const (
	longestShelf       = 24 * time.Hour
	longestAcknowledge = 31 * 24 * time.Hour
	longestKey         = 128  // bytes
	longestName        = 128  // letters
	longestText        = 2000 // letters
)

// checkAction returns an error that names what is wrong with an action, whichever way it came, and
// takes the blanks around names and texts away.
func checkAction(a *city.Action, now time.Time) error {
	a.Actor, a.Assignee, a.Reason = strings.TrimSpace(a.Actor), strings.TrimSpace(a.Assignee), strings.TrimSpace(a.Reason)
	if err := checkKey(a.Key); err != nil {
		return err
	}
	if a.Actor == "" {
		return errors.New("actor: who it is must be said")
	}
	for _, err := range []error{
		checkText("actor", a.Actor, longestName, ""), checkText("assignee", a.Assignee, longestName, ""), checkText("reason", a.Reason, longestText, "\n\t"),
	} {
		if err != nil {
			return err
		}
	}
	if err := checkObject(a); err != nil {
		return err
	}
	switch a.Verb {
	case city.Acknowledge:
		return checkExpiry(a.Until, now, longestAcknowledge, false)
	case city.Shelve:
		if a.Reason == "" {
			return errors.New("reason: why it is shelved must be said")
		}
		return checkExpiry(a.Until, now, longestShelf, true)
	case city.Comment:
		if a.Reason == "" {
			return errors.New("reason: a comment must say something")
		}
	case city.Assign, city.Unshelve, city.Maintain, city.Resume:
	}
	if !a.Until.IsZero() {
		return fmt.Errorf("until: %s does not expire", a.Verb)
	}
	return nil
}

// checkObject returns an error unless an action says what it is about.
func checkObject(a *city.Action) error {
	switch a.Verb {
	case city.Acknowledge, city.Assign, city.Comment, city.Shelve, city.Unshelve:
		if a.Alarm == "" || len(a.Alarm) > longestKey {
			return errors.New("alarm: the id of one is needed")
		}
		return nil
	case city.Maintain, city.Resume:
		if a.Window != nil || a.WindowID != "" {
			return nil
		}
	}
	return fmt.Errorf("verb: %.40q is none of acknowledge, assign, comment, shelve, unshelve", a.Verb)
}

func checkKey(key string) error {
	visible := func(r rune) bool { return r < '!' || r > '~' }
	if key == "" || len(key) > longestKey || strings.ContainsFunc(key, visible) {
		return fmt.Errorf("key: 1 to %d visible ASCII characters are needed", longestKey)
	}
	return nil
}

func checkText(name, text string, most int, but string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > most {
		return fmt.Errorf("%s: at most %d letters, in UTF-8", name, most)
	}
	odd := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(but, r) }
	if strings.ContainsFunc(text, odd) {
		return fmt.Errorf("%s: it has a control character", name)
	}
	return nil
}

func checkExpiry(until, now time.Time, most time.Duration, needed bool) error {
	switch {
	case until.IsZero() && needed:
		return fmt.Errorf("until: when it expires must be said, in at most %v", most)
	case until.IsZero():
		return nil
	case !until.After(now):
		return fmt.Errorf("until: %s is over", until.Format(time.RFC3339))
	case until.Sub(now) > most:
		return fmt.Errorf("until: %s is later than in %v", until.Format(time.RFC3339), most)
	}
	return nil
}
