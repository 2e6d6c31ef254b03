package storetest_test

import (
	"os"
	"testing"
	"time"

	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	one, two := storetest.URL(t), storetest.URL(t)
	if one == two {
		t.Fatalf("both are %s", one)
	}
	for _, url := range []string{one, two} {
		began := time.Now()
		s, err := store.Open(t.Context(), store.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		t.Log("open took", time.Since(began))
	}
}
