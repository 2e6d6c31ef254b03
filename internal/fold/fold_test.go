package fold_test

import (
	"testing"

	"opscenter/internal/fold"
)

// An operator who types without diacritics, or in capitals, finds what has them.
func TestCaseAndDiacriticsDoNotCount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ngã Tư Tỉnh ủy": "nga tu tinh uy", "ĐỀN HÙNG": "den hung", "đường": "duong", "cam-017": "cam-017", "": "",
		"Ngã": "nga", // decomposed
	} {
		if got := fold.Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
