package report_test

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"opscenter/internal/report"
)

func write(t *testing.T, r *report.Report, f report.Format, lang report.Lang) string {
	t.Helper()
	d, err := r.Write(f, lang)
	if err != nil {
		t.Fatal(err)
	}
	return string(d.Body)
}

// Whoever doubts a report makes it again, and compares files.
func TestTheSameReportIsTheSameBytes(t *testing.T) {
	t.Parallel()
	for name := range samples(t) {
		for _, format := range []report.Format{report.JSON, report.CSV, report.XLSX, report.HTML} {
			for _, lang := range []report.Lang{report.Vietnamese, report.English} {
				first := samples(t)[name]
				want := write(t, &first, format, lang)
				for range 5 { // what goes by chance does so seldom
					again := samples(t)[name]
					if write(t, &again, format, lang) != want {
						t.Errorf("%s as %s in %s is another the second time", name, format, lang)
						break
					}
				}
			}
		}
	}
}

func TestCSVHasEveryRowInFull(t *testing.T) {
	t.Parallel()
	r := sampleFaults(t)
	rows, err := csv.NewReader(strings.NewReader(write(t, &r, report.CSV, report.English))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := make(map[string]int)
	for i, key := range rows[0] {
		at[key] = i
	}
	pick := func(row []string, keys ...string) (cells []string) {
		for _, key := range keys {
			cells = append(cells, row[at[key]])
		}
		return cells
	}
	diff(t, "total", []string{"contractors", "total", "all", "5", "117000"}, pick(rows[3], "table", "row", "contractor", "faults", "in_period_s"))
	diff(t, "fault", []string{"faults", "item", "cam-002", "critical", "offline", "link,recording", "2026-11-22T18:00:00+07:00", "120600", "false"},
		pick(rows[4], "table", "row", "device", "status", "reason", "facets", "from", "duration_s", "open"))
	diff(t, "what it is of", []string{"report", "to", "2026-11-25T00:00:00+07:00"}, rows[11][:3])
	methods := 0
	for _, row := range rows {
		if row[0] == "method" {
			methods++
		}
	}
	diff(t, "sentences of the method", 2*len(r.Method), methods)
}

// What people wrote is never a formula of the spreadsheet that it is opened in; numbers stay numbers.
func TestCSVHasNoFormulas(t *testing.T) {
	t.Parallel()
	r := report.Report{ID: "said", Tables: []report.Table{{
		Key: "t", Columns: []report.Column{{Key: "said"}, {Key: "n"}},
		Rows: [][]report.Cell{{report.Text(`=HYPERLINK("http://x","y")`), report.Whole(-4)}, {report.Text("@a"), report.Real(-0.5)}, {report.Text("Cầu = chợ")}},
	}}}
	rows, err := csv.NewReader(strings.NewReader(write(t, &r, report.CSV, report.English))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{`'=HYPERLINK("http://x","y")`, "-4"}, {"'@a", "-0.5"}, {"Cầu = chợ", ""}} {
		diff(t, "row", want, rows[i+1][3:])
	}
}

func TestJSONSpeaksInCodesAndNumbers(t *testing.T) {
	t.Parallel()
	r := sampleAvailability(t, "group_by", "month", "within", "contractor", "sla", "99.5")
	var got struct {
		ID, Timezone string
		Parameters   map[string]string
		Method       []map[string]string
		Tables       []struct {
			Columns []struct{ Key, Unit, Kind string }
			Rows    []map[string]any
			Total   map[string]any
		}
	}
	if err := json.Unmarshal([]byte(write(t, &r, report.JSON, report.English)), &got); err != nil {
		t.Fatal(err)
	}
	diff(t, "parameters", map[string]string{"group_by": "month", "within": "contractor", "sla": "99.5"}, got.Parameters)
	diff(t, "zone", "Asia/Ho_Chi_Minh", got.Timezone)
	diff(t, "row of no contractor", map[string]any{
		"month": "2026-11", "contractor": "", "devices": 1.0, "period_s": 2592000.0, "up_s": 2453985.0, "down_s": 15615.0, "unknown_s": 36000.0,
		"maintenance_s": 86400.0, "outages": 2.0, "longest_outage_s": 12015.0, "mttr_s": 7807.5, "mtbf_s": 1226992.5,
		"availability_pct": 99.3677, "floor_pct": 97.94, "sla_met": false,
	}, got.Tables[0].Rows[0])
	diff(t, "all", 3.0, got.Tables[0].Total["devices"])
	if len(got.Method) != 10 {
		t.Errorf("the method of a report by month has %d sentences", len(got.Method))
	}
}

func TestAWorkbookHasRawNumbersWithUnits(t *testing.T) {
	t.Parallel()
	r := sampleFaults(t)
	body := write(t, &r, report.XLSX, report.Vietnamese)
	f, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	diff(t, "sheets", []string{"Theo nhà thầu", "Các sự cố", "Cách tính"}, f.GetSheetList())
	rows, err := f.GetRows("Các sự cố", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "head", []string{"Từ", "Đến", "Đã kéo dài (s)", "Trong kỳ (s)", "Còn mở cuối kỳ"}, rows[0][9:])
	diff(t, "seconds are numbers, words are Vietnamese", []string{"120600", "12600", "Không"}, rows[1][11:])
	if at, err := f.GetCellValue("Các sự cố", "J2"); err != nil || at != "2026-11-22 18:00:00" {
		t.Errorf("a time is %q, %v: want the clock of the civic zone", at, err)
	}
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "the first file, by which readers know what it is", "[Content_Types].xml", archive.File[0].Name)
}

func TestSheetsHaveNamesThatWorkbooksAllow(t *testing.T) {
	t.Parallel()
	r := sampleTraffic(t)
	long := report.Table{Key: "x", Columns: r.Tables[0].Columns}
	long.Names.EN = "A name: [longer] than/thirty-one characters?"
	r.Tables = append(r.Tables, long, long, report.Table{Key: "nameless", Columns: long.Columns})
	f, err := excelize.OpenReader(strings.NewReader(write(t, &r, report.XLSX, report.English)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	diff(t, "sheets", []string{"By location", "By location and time", "A name   longer  than thirty-on", "A name   longer  than thirty- 2", "nameless", "Method"}, f.GetSheetList())
}

func TestMoreRowsThanASheetHasAreRefused(t *testing.T) {
	t.Parallel()
	r := report.Report{ID: "long", Tables: []report.Table{{Key: "t", Rows: make([][]report.Cell, 1<<20)}}}
	if _, err := r.Write(report.XLSX, report.English); !errors.Is(err, report.ErrParameter) {
		t.Errorf("got %v", err)
	}
}

// The center's pages may load nothing and run nothing, and neither may these.
func TestAPageKeepsToTheContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		page := write(t, &r, report.HTML, report.Vietnamese)
		if forbidden := regexp.MustCompile(`(?i)<script|<style| style=| on[a-z]+=|https?://|javascript:|@import`).FindString(page); forbidden != "" {
			t.Errorf("%s has %q", name, forbidden)
		}
		if strings.Count(page, `<link rel="stylesheet" href="`+report.StylePath+`">`) != 1 {
			t.Errorf("%s does not name its stylesheet", name)
		}
		alone := string(report.Standalone([]byte(page)))
		if strings.Contains(alone, "<link") || !strings.Contains(alone, string(report.Style())) {
			t.Errorf("%s that is sent still needs the center", name)
		}
	}
}

func TestAPageIsWrittenForPeople(t *testing.T) {
	t.Parallel()
	r := sampleAvailability(t)
	vi, en := write(t, &r, report.HTML, report.Vietnamese), write(t, &r, report.HTML, report.English)
	for _, want := range []string{
		`<html lang="vi">`, "<h1>Độ sẵn sàng của thiết bị</h1>", "00:00 ngày 01/11/2026 (Asia/Ho_Chi_Minh, UTC&#43;07:00)", "30 ngày 00:00", "99,367",
		"03:20:15", "Cách tính", `aria-label="hoạt động 94,68 %, không rõ 1,39 %, bảo trì 3,33 %, hỏng 0,60 %"`,
	} {
		if !strings.Contains(vi, want) {
			t.Errorf("the Vietnamese page lacks %q", want)
		}
	}
	for _, want := range []string{`<html lang="en">`, "2026-11-01 00:00", "30 d 00:00", "99.367", "How it is counted", "Longest outage"} {
		if !strings.Contains(en, want) {
			t.Errorf("the English page lacks %q", want)
		}
	}
	f := sampleFaults(t)
	if page := write(t, &f, report.HTML, report.English); !strings.Contains(page, "Cầu Việt Trì &lt;đầu cầu&gt;") || !strings.Contains(page, "odd fault") {
		t.Error("foreign text is not escaped, or a reason without words is lost")
	}
}

func TestEveryNameIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		body := write(t, &r, report.JSON, report.English)
		if i := strings.Index(body, `"vi":""`); i >= 0 {
			t.Errorf("%s lacks Vietnamese: %.200s", name, body[max(i-100, 0):])
		}
		if i := strings.Index(body, `"en":""`); i >= 0 {
			t.Errorf("%s lacks English: %.200s", name, body[max(i-100, 0):])
		}
	}
	for _, d := range report.Catalogue() {
		for _, n := range []string{d.Names.VI, d.Names.EN, d.Doc.VI, d.Doc.EN} {
			if n == "" {
				t.Errorf("%s lacks a name", d.ID)
			}
		}
	}
}

func TestAFormatThatThereIsNotIsRefused(t *testing.T) {
	t.Parallel()
	r := sampleTraffic(t)
	if _, err := r.Write("pdf", report.English); err == nil || !strings.Contains(err.Error(), `"pdf" is none of json, csv, xlsx, html`) {
		t.Errorf("got %v", err)
	}
}
