package subsystem_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// sound is a Spec with one of everything.
func sound() subsystem.Spec {
	names := city.Names{VI: "Tên", EN: "Name"}
	return subsystem.Spec{
		ID: "sound", Names: names, Doc: "For tests.", Cadence: time.Minute,
		Topics: []subsystem.Topic{{Pattern: "{root}/sound/{location}", Kind: "flow", Doc: "A topic."}},
		Metrics: []subsystem.Metric{
			{
				Name: "fps", Names: names, Doc: "A metric.", Facet: city.Image, Reason: "low_fps", Of: "window_s",
				Direction: subsystem.Below, Warning: subsystem.At(80), Critical: subsystem.At(50),
			},
			{Name: "window_s", Names: names, Doc: "Another."},
		},
		States: []subsystem.State{{
			Name: "stream", Names: names, Doc: "A state.", Facet: city.Link,
			Words: []subsystem.Word{{Value: "ok", Status: city.OK, Names: names}, {Value: "lost", Status: city.Critical, Reason: "no_stream", Names: names}},
		}},
		Aggregates: []subsystem.Aggregate{{
			Name: "flow", Names: names, Doc: "An aggregate.", Kind: "flow", Method: subsystem.RateSum, Value: "fps", Weight: "window_s", Scale: 1,
		}},
		Indicators: []subsystem.Indicator{
			{
				Code: "on_time", Names: names, Doc: "An indicator.", Period: subsystem.Monthly, Scale: 100, Reason: "below_target",
				Good: subsystem.Above, Target: subsystem.At(95), Warning: subsystem.At(90), Critical: subsystem.At(80),
			},
			{Code: "open", Names: names, Doc: "Another.", Period: subsystem.Daily, Computed: true},
			{Code: "late", Names: names, Doc: "A third.", Period: subsystem.Daily, Computed: true},
		},
		Cases:   []subsystem.Cases{{Kind: "flow", DueAfter: time.Hour, Open: "open", Overdue: "late"}},
		Indices: []subsystem.Index{{Metric: "fps", Inputs: []string{"window_s"}, Hours: 24, Compute: func([][]float64) (float64, bool) { return 0, false }}},
	}
}

func TestSoundSpecPasses(t *testing.T) {
	t.Parallel()
	s := sound()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func TestKindOfIndicesIsFreeWhereThereAreNone(t *testing.T) {
	t.Parallel()
	s := sound()
	s.Topics = append(s.Topics, subsystem.Topic{Pattern: "{root}/sound/{location}/index", Kind: subsystem.KindIndex, Doc: "Its own."})
	s.Indices = nil
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func TestSpecCheckNamesTheFault(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*subsystem.Spec){
		`id "A B" is not a slug`:                         func(s *subsystem.Spec) { s.ID = "A B" },
		`the subsystem has no Vietnamese name`:           func(s *subsystem.Spec) { s.Names.VI = "" },
		`the subsystem has no documentation`:             func(s *subsystem.Spec) { s.Doc = "" },
		`cadence 0s`:                                     func(s *subsystem.Spec) { s.Cadence = 0 },
		`no topics`:                                      func(s *subsystem.Spec) { s.Topics = nil },
		`kind "Flow"`:                                    func(s *subsystem.Spec) { s.Topics[0].Kind = "Flow" },
		`topic "{root}/sound/{location}" has no doc`:     func(s *subsystem.Spec) { s.Topics[0].Doc = "" },
		`metric "fps" has no English name`:               func(s *subsystem.Spec) { s.Metrics[0].Names.EN = "" },
		`metric "window_s" has no documentation`:         func(s *subsystem.Spec) { s.Metrics[1].Doc = "" },
		`metric "fps": the name is declared twice`:       func(s *subsystem.Spec) { s.Metrics[1].Name = "fps" },
		`metric "vận tốc": want a name`:                  func(s *subsystem.Spec) { s.Metrics[1].Name = "vận tốc" },
		`state "window_s": the name is declared twice`:   func(s *subsystem.Spec) { s.States[0].Name = "window_s" },
		`metric "fps": there is no facet "smell"`:        func(s *subsystem.Spec) { s.Metrics[0].Facet = "smell" },
		`percentage of "none", which is no declared`:     func(s *subsystem.Spec) { s.Metrics[0].Of = "none" },
		`metric "window_s" has a facet and no thresh`:    func(s *subsystem.Spec) { s.Metrics[1].Facet = city.Link },
		`metric "fps": threshold NaN is not finite`:      func(s *subsystem.Spec) { s.Metrics[0].Warning = new(math.NaN()) },
		`metric "fps" has thresholds and no reason`:      func(s *subsystem.Spec) { s.Metrics[0].Reason = "" },
		`below 90 is critical and below 80 only a wa`:    func(s *subsystem.Spec) { s.Metrics[0].Critical = subsystem.At(90) },
		`above 50 is critical and above 80 only a wa`:    func(s *subsystem.Spec) { s.Metrics[0].Direction = subsystem.Above },
		`direction "" is neither above nor below`:        func(s *subsystem.Spec) { s.Metrics[0].Direction = "" },
		`a magnitude can only be bad above`:              func(s *subsystem.Spec) { s.Metrics[0].Magnitude = true },
		`state "stream" has a facet and no words`:        func(s *subsystem.Spec) { s.States[0].Words = nil },
		`state "availability" means the same in every`:   func(s *subsystem.Spec) { s.States[0].Name = "availability" },
		`word "ok" is empty or occurs twice`:             func(s *subsystem.Spec) { s.States[0].Words[1].Value = "ok" },
		`word "lost" is critical without a reason`:       func(s *subsystem.Spec) { s.States[0].Words[1].Reason = "" },
		`word "lost" has no English name`:                func(s *subsystem.Spec) { s.States[0].Words[1].Names.EN = "" },
		`reads messages of kind "none"`:                  func(s *subsystem.Spec) { s.Aggregates[0].Kind = "none" },
		`there is no method "median"`:                    func(s *subsystem.Spec) { s.Aggregates[0].Method = "median" },
		`aggregate "flow" reads "none"`:                  func(s *subsystem.Spec) { s.Aggregates[0].Weight = "none" },
		`scale 0: want a number above 0`:                 func(s *subsystem.Spec) { s.Aggregates[0].Scale = 0 },
		`indicator "on_time" has no English name`:        func(s *subsystem.Spec) { s.Indicators[0].Names.EN = "" },
		`indicator "open" has no documentation`:          func(s *subsystem.Spec) { s.Indicators[1].Doc = "" },
		`indicator "On time": want a name`:               func(s *subsystem.Spec) { s.Indicators[0].Code = "On time" },
		`indicator "fps": the name is declared twice`:    func(s *subsystem.Spec) { s.Indicators[0].Code = "fps" },
		`indicator "on_time": there is no period "term"`: func(s *subsystem.Spec) { s.Indicators[0].Period = "term" },
		`indicator "on_time": scale -1: want a number`:   func(s *subsystem.Spec) { s.Indicators[0].Scale = -1 },
		`indicator "on_time": scale NaN: want a numb`:    func(s *subsystem.Spec) { s.Indicators[0].Scale = math.NaN() },
		`indicator "on_time": it is good "up", which`:    func(s *subsystem.Spec) { s.Indicators[0].Good = "up" },
		`indicator "on_time": target +Inf is not fini`:   func(s *subsystem.Spec) { s.Indicators[0].Target = new(math.Inf(1)) },
		`"on_time": below 85 is critical and below 80`: func(s *subsystem.Spec) {
			s.Indicators[0].Warning, s.Indicators[0].Critical = subsystem.At(80), subsystem.At(85)
		},
		`"on_time": above 80 is critical and above 90`: func(s *subsystem.Spec) { s.Indicators[0].Good = subsystem.Below },
		`"on_time": direction "" is neither above nor`: func(s *subsystem.Spec) { s.Indicators[0].Good = "" },
		`"on_time" has thresholds and no reason to gi`: func(s *subsystem.Spec) { s.Indicators[0].Reason = "" },
		`"on_time": a cadence or a validity below 0`:   func(s *subsystem.Spec) { s.Indicators[0].Cadence = -1 },
		`"open": a cadence or a validity below 0`:      func(s *subsystem.Spec) { s.Indicators[1].ValidFor = -1 },
		`indicator "late" is computed of no cases`:     func(s *subsystem.Spec) { s.Cases[0].Overdue = "" },
		`cases of kind "none": no topic has this kind`: func(s *subsystem.Spec) { s.Cases[0].Kind = "none" },
		`cases of kind "flow" are due after 0s`:        func(s *subsystem.Spec) { s.Cases[0].DueAfter = 0 },
		`cases of kind "flow": "none" is no computed`:  func(s *subsystem.Spec) { s.Cases[0].Hours = "none" },
		`cases of kind "flow": "on_time" is no comput`: func(s *subsystem.Spec) { s.Cases[0].New = "on_time" },
		`cases of kind "flow": "open" is no computed`:  func(s *subsystem.Spec) { s.Indicators[1].Period = subsystem.Weekly },
		`index "none": "none" is no declared metric`:   func(s *subsystem.Spec) { s.Indices[0].Metric = "none" },
		`index "fps": "none" is no declared metric`:    func(s *subsystem.Spec) { s.Indices[0].Inputs[0] = "none" },
		`index "fps": want 1 to 48 hours, inputs, and`: func(s *subsystem.Spec) { s.Indices[0].Hours = 49 },
		`want 1 to 48 hours, inputs, and something th`: func(s *subsystem.Spec) { s.Indices[0].Compute = nil },
		`kind "index" is that of what the center comp`: func(s *subsystem.Spec) { s.Topics[0].Kind = subsystem.KindIndex },
		`aggregate "flow_1m": the name is declared tw`: func(s *subsystem.Spec) {
			s.Aggregates = append(s.Aggregates, s.Aggregates[0])
			s.Aggregates[1].Name = "flow_1m"
		},
	} {
		s := sound()
		spoil(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
