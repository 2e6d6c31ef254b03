package store_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
	"opscenter/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// noon is the time around which the tests' partitions are.
func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

func open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: url, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// db is a store that has claimed partition 0, and a connection to look around with.
type db struct {
	*store.Store
	t     testing.TB
	url   string
	epoch int64
	seq   uint64
}

func setup(t testing.TB) *db {
	t.Helper()
	return claim(t, storetest.URL(t))
}

func claim(t testing.TB, url string) *db {
	t.Helper()
	d := &db{t: t, url: url, Store: open(t, url)}
	var err error
	var cp store.Checkpoint
	if d.epoch, cp, err = d.Claim(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	d.seq = cp.Seq
	return d
}

// commit stores w as the next stretch of the log.
func (d *db) commit(w *store.Write) {
	d.t.Helper()
	d.seq++
	w.Seq = d.seq
	if err := d.Commit(d.t.Context(), 0, d.epoch, w); err != nil {
		d.t.Fatal(err)
	}
}

// number returns the one number that a query gives.
func (d *db) number(sql string, args ...any) (n int64) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := errors.Join(conn.QueryRow(d.t.Context(), sql, args...).Scan(&n), conn.Close(context.Background())); err != nil {
		d.t.Fatal(sql, err)
	}
	return n
}

func (d *db) exec(sql string) {
	d.t.Helper()
	if err := d.try(sql); err != nil {
		d.t.Fatal(sql, err)
	}
}

// try runs sql, which may fail.
func (d *db) try(sql string) error {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = conn.Exec(d.t.Context(), sql)
	return errors.Join(err, conn.Close(context.Background()))
}

func (d *db) wantNumber(want int64, sql string) {
	d.t.Helper()
	if got := d.number(sql); got != want {
		d.t.Errorf("%s: got %d, want %d", sql, got, want)
	}
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func fps(at time.Time, digest uint64, value float64) store.Reading {
	return store.Reading{
		Device: "cam-1", Kind: "health", ObservedAt: at, ReceivedAt: at.Add(time.Second), Digest: digest,
		Values: []city.Reading{{Metric: "fps", Value: value}},
	}
}

func TestCheckpointAndStateComeBack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	state := make([]byte, 1<<20) // compresses well
	copy(state, `{"devices":`)
	if err := d.Commit(t.Context(), 0, d.epoch, &store.Write{Seq: 40, State: state, StateSeq: 39}); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(t.Context(), 0, d.epoch, &store.Write{Seq: 41}); err != nil {
		t.Fatal(err)
	}
	again := open(t, d.url)
	epoch, cp, err := again.Claim(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "checkpoint", cp, store.Checkpoint{Seq: 41, StateSeq: 39, State: state})
	if epoch <= d.epoch {
		t.Errorf("epoch %d does not follow %d", epoch, d.epoch)
	}
	_, cp, err = again.Claim(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "another partition", cp, store.Checkpoint{})
}

func TestCommitWithAStaleEpochStoresNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	if _, _, err := open(t, d.url).Claim(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	err := d.Commit(t.Context(), 0, d.epoch, &store.Write{Seq: 1, Readings: []store.Reading{fps(noon(), 1, 25)}, State: []byte("{}")})
	if !errors.Is(err, store.ErrStaleEpoch) {
		t.Errorf("got %v", err)
	}
	d.wantNumber(0, "SELECT count(*) FROM reading")
	d.wantNumber(0, "SELECT count(*) FROM partition_checkpoint WHERE seq > 0 OR state IS NOT NULL")
}

// Each of several owners commits until another has claimed the partition. Whatever the order, a
// commit that succeeded belongs to the owner of that moment: sequences only grow, and none is lost.
func TestOnlyTheLatestOfManyOwnersCommits(t *testing.T) {
	t.Parallel()
	d := setup(t)
	const owners, turns = 8, 10
	var group sync.WaitGroup
	var mu sync.Mutex
	committed := map[uint64]int{}
	for range owners {
		group.Go(func() {
			for range turns {
				epoch, cp, err := d.Claim(t.Context(), 0)
				if err != nil {
					t.Error(err)
					return
				}
				w := &store.Write{Seq: cp.Seq + 1, Readings: []store.Reading{fps(noon(), cp.Seq+1, 1)}}
				switch err = d.Commit(t.Context(), 0, epoch, w); {
				case err == nil:
					mu.Lock()
					committed[w.Seq]++
					mu.Unlock()
				case !errors.Is(err, store.ErrStaleEpoch):
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for seq := range uint64(len(committed)) {
		if committed[seq+1] != 1 {
			t.Errorf("sequence %d was committed %d times", seq+1, committed[seq+1])
		}
	}
	d.wantNumber(int64(len(committed)), "SELECT count(*) FROM reading")
	d.wantNumber(int64(len(committed)), "SELECT seq FROM partition_checkpoint")
}

// After a lost connection a caller does not know whether its commit succeeded, and repeats it.
func TestRepeatedCommitCountsOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	w := &store.Write{
		Seq: 7, Readings: []store.Reading{fps(noon(), 1, 25)}, State: []byte("{}"), StateSeq: 7,
		Rollups: []store.Rollup{rollup(store.Minute, noon(), 1, 25, 25, 25)},
	}
	for range 2 {
		if err := d.Commit(t.Context(), 0, d.epoch, w); err != nil {
			t.Fatal(err)
		}
	}
	d.wantNumber(1, "SELECT count(*) FROM reading")
	d.wantNumber(1, "SELECT sum(n) FROM reading_minute")
}

func TestFailedCommitLeavesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.exec("ALTER TABLE quarantine ADD CHECK (code <> 'poison')")
	err := d.Commit(t.Context(), 0, d.epoch, &store.Write{
		Seq: 1, Readings: []store.Reading{fps(noon(), 1, 25)},
		Statuses:   []store.StatusChange{{Device: "cam-1", Status: city.OK, At: noon()}},
		Rejections: []store.Rejection{{At: noon(), Seq: 1, Rejection: city.Rejection{Code: "poison"}}},
	})
	if err == nil {
		t.Fatal("it succeeded")
	}
	d.wantNumber(0, "SELECT count(*) FROM reading")
	d.wantNumber(0, "SELECT count(*) FROM status_interval")
	d.wantNumber(0, "SELECT seq FROM partition_checkpoint")
}

func TestStoreGoesOnAfterTheServerWasKilled(t *testing.T) {
	t.Parallel()
	c := storetest.Cluster(t)
	d := claim(t, c.URL(""))
	killed := 0
	for i := range uint64(20) {
		if i%7 == 3 {
			killed = running(t, c, killed)
			if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		w := &store.Write{Seq: i + 1, Readings: []store.Reading{fps(noon(), i, 25)}, Rollups: []store.Rollup{rollup(store.Hour, noon(), 1, 25, 25, 25)}}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			err := d.Commit(t.Context(), 0, d.epoch, w)
			if err == nil {
				break
			}
			if errors.Is(err, store.ErrStaleEpoch) || time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
	running(t, c, killed)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), d.url)
		if err == nil {
			err = conn.Close(t.Context())
		}
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	d.wantNumber(20, "SELECT count(*) FROM reading")
	d.wantNumber(20, "SELECT sum(n) FROM reading_hour") // not even a commit whose answer was lost counts twice
	d.wantNumber(20, "SELECT seq FROM partition_checkpoint")
}

// running waits for a server that is not the killed one.
func running(t *testing.T, c *pgcluster.Cluster, killed int) int {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if pid := c.PID(); pid > 0 && pid != killed {
			return pid
		}
		if time.Now().After(deadline) {
			t.Fatal("the server was not started again")
		}
	}
}

func TestStoreGoesOnAfterTheServerWasStoppedForAWhile(t *testing.T) {
	t.Parallel()
	c := storetest.Cluster(t)
	d := claim(t, c.URL(""))
	d.commit(&store.Write{})
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err == nil {
		t.Error("a stopped server answers")
	}
	if err := d.Commit(t.Context(), 0, d.epoch, &store.Write{Seq: 2}); err == nil {
		t.Error("a stopped server stores")
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	d.commit(&store.Write{Readings: []store.Reading{fps(noon(), 1, 25)}})
	d.wantNumber(1, "SELECT count(*) FROM reading")
}

func TestManyProcessesMayOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	c := storetest.Cluster(t) // without the schema
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := store.Open(t.Context(), store.Config{URL: c.URL(""), Now: noon, MaxConns: 3})
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	group.Wait()
}
