package arch_test

import (
	"slices"
	"strings"
)

// rule says what one package, or every package that a pattern matches, may import of the module's
// own packages. Patterns are those of path.Match, relative to the module.
type rule struct {
	path      string
	mayImport []string
}

// rules has one entry for every package of the program. An observation travels from the top of the
// second block to its bottom; nothing points back up.
func rules() []rule {
	return []rule{
		// The vocabulary and the contract.
		{"internal/city", nil},
		{"internal/subsystem", []string{"internal/city"}},
		{"internal/subsystem/subsystemtest", []string{"internal/city", "internal/subsystem"}},
		{"internal/dialect/loose", []string{"internal/subsystem"}},
		{"internal/dialect/native", []string{"internal/city", "internal/subsystem", "internal/dialect/loose"}},
		{"internal/dialect/camera", []string{"internal/city", "internal/subsystem"}},
		{"internal/dialect/mapping", []string{"internal/city", "internal/subsystem", "internal/dialect/loose"}},
		{"internal/dialect/sparkplug/sparkplugpb", nil},
		{"internal/dialect/sparkplug", []string{"internal/city", "internal/subsystem", "internal/dialect/loose", "internal/dialect/mapping", "internal/dialect/sparkplug/sparkplugpb"}},
		{"internal/dialect/*", []string{
			"internal/city", "internal/subsystem", "internal/dialect/loose", "internal/dialect/camera",
			"internal/dialect/mapping",
		}},
		{"subsystems/*", []string{"internal/city", "internal/subsystem", "internal/dialect/*"}},

		// The way of an observation.
		{"internal/broker", nil},
		{"internal/mqtt", []string{"internal/city"}},
		{"internal/ingest", []string{"internal/city", "internal/subsystem"}},
		{"internal/eventlog", []string{"internal/city"}},
		{"internal/alarm", []string{"internal/city"}},
		{"internal/maintenance", []string{"internal/city"}},
		{"internal/live", []string{"internal/city", "internal/subsystem", "internal/alarm", "internal/maintenance"}},
		{"internal/archive", []string{"internal/city"}},
		// The recorder speaks of what it writes in the store's words: store.Write and what it holds.
		{"internal/recorder", []string{"internal/city", "internal/subsystem", "internal/live", "internal/archive", "internal/store"}},
		{"internal/replay", []string{"internal/city", "internal/live", "internal/archive", "internal/store"}},
		{"internal/store", []string{"internal/city", "internal/fold", "internal/store/sqlcgen"}},
		{"internal/store/sqlcgen", nil},
		{"internal/store/pgcluster", nil},
		{"internal/store/storetest", []string{"internal/city", "internal/store", "internal/store/pgcluster"}},
		{"internal/stream", []string{"internal/city"}},
		{"internal/stream/streamclient", nil},
		{"internal/httpapi", []string{"internal/city", "internal/fold"}},
		// The notifier speaks of the outbox in the store's words, as the recorder does of its writes.
		{"internal/notify", []string{"internal/city", "internal/store"}},
		{"internal/notify/*", []string{"internal/city", "internal/notify"}},

		// Beside it.
		{"internal/fold", nil},
		{"internal/workload", []string{"internal/city"}},
		{"internal/inventory", []string{"internal/city"}},
		{"internal/reference", []string{"internal/city", "internal/subsystem"}},
		{"internal/seal", nil},
		{"internal/backup", nil},
		{"internal/availability", []string{"internal/city"}},
		{"internal/report", []string{"internal/city", "internal/subsystem", "internal/availability"}},
		// Like the recorder it speaks of what is remembered in the store's words.
		{"internal/reporting", []string{"internal/city", "internal/subsystem", "internal/availability", "internal/report", "internal/series", "internal/store"}},
		{"internal/series", []string{"internal/subsystem"}},
		{"internal/metrics", nil},
		{"internal/config", []string{"internal/city", "internal/subsystem", "internal/alarm"}},
		{"web", nil},

		// A city that does not exist, and what measures the center with it.
		{"internal/simulator", []string{"internal/city", "internal/mqtt"}},
		{"internal/simulator/vietri", []string{"internal/city", "internal/simulator"}},
		{"internal/harness", []string{"internal/city", "internal/mqtt", "internal/simulator"}},
		{"internal/faults", nil},
		{"internal/bench", []string{"internal/*", "internal/store/pgcluster", "internal/stream/streamclient", "internal/simulator/*"}},

		// What puts it together. Only cmd/opscenter names subsystems and dialects.
		{"internal/app", []string{"internal/*", "internal/dialect/native", "internal/store/pgcluster", "internal/simulator/*", "web"}},
		{"cmd/opscenter", []string{
			"internal/app", "internal/backup", "internal/bench", "internal/config", "internal/dialect/*", "internal/mqtt", "internal/notify", "internal/notify/*", "internal/reference", "internal/simulator",
			"internal/simulator/vietri", "internal/subsystem", "subsystems/*", "web",
		}},
	}
}

// ruleOf returns the rule of a package. A rule that names the package goes before a pattern.
func ruleOf(name string) (rule, bool) {
	all := rules()
	if i := slices.IndexFunc(all, func(r rule) bool { return r.path == name }); i >= 0 {
		return all[i], true
	}
	if i := slices.IndexFunc(all, func(r rule) bool { return matchesAny([]string{r.path}, name) }); i >= 0 {
		return all[i], true
	}
	return rule{}, false
}

// adapters are the packages that each speak to one thing outside the program.
func adapters() []string {
	return []string{
		"internal/broker", "internal/mqtt", "internal/eventlog", "internal/store", "internal/stream",
		"internal/httpapi", "internal/metrics",
	}
}

// library is a module from elsewhere, with everything below it, that belongs to some packages.
type library struct {
	path   string
	owners []string
}

func (l library) contains(importPath string) bool {
	return importPath == l.path || strings.HasPrefix(importPath, l.path+"/")
}

// libraries are those that must not spread: each can be replaced by changing its owners alone.
func libraries() []library {
	return []library{
		{"github.com/eclipse/paho.mqtt.golang", []string{"internal/mqtt"}},
		{"github.com/nats-io/nats.go", []string{"internal/eventlog"}},
		{"github.com/nats-io/nats-server/v2", []string{"internal/broker"}},
		{"github.com/jackc/pgx/v5", []string{"internal/store", "internal/store/*"}},
		{"github.com/pressly/goose/v3", []string{"internal/store"}},
		{"github.com/gorilla/websocket", []string{"internal/stream", "internal/stream/streamclient"}},
		{"github.com/danielgtaylor/huma/v2", []string{"internal/httpapi"}},
		{"github.com/xuri/excelize/v2", []string{"internal/report"}},
		{"github.com/knadh/koanf", []string{"internal/config"}},
		{"github.com/wneessen/go-mail", []string{"internal/notify/email"}},
		{"google.golang.org/protobuf", []string{"internal/dialect/sparkplug", "internal/dialect/sparkplug/sparkplugpb"}},
		{"github.com/alecthomas/kong", []string{"cmd/opscenter", "internal/config"}},
	}
}

// forbiddenToDecoders are the standard packages through which a decoder would reach the outside, or
// stop giving the same observations for the same message.
func forbiddenToDecoders() []string {
	return []string{
		"crypto/rand", "crypto/tls", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2", "net",
		"net/http", "net/rpc", "net/smtp", "os", "os/exec", "os/signal", "syscall", "testing", "unsafe",
	}
}

// pureLibraries are those from elsewhere that decoders may be built with: they do no I/O.
func pureLibraries() []library {
	return []library{
		{"github.com/go-json-experiment/json", []string{"internal/dialect/*", "subsystems/*"}},
		{"github.com/tidwall/gjson", []string{"internal/dialect/*", "subsystems/*"}},
		{"github.com/tidwall/match", []string{"internal/dialect/*", "subsystems/*"}},
		{"github.com/tidwall/pretty", []string{"internal/dialect/*", "subsystems/*"}},
		{"google.golang.org/protobuf", []string{"internal/dialect/sparkplug"}},
	}
}
