package reference

import (
	"fmt"
	"strconv"

	"opscenter/internal/subsystem"
)

// Folder is where the documents in Markdown are, below the folder of all documents.
const Folder = "subsystems"

// Documents returns every generated document by its path below the folder of all documents: one for
// each subsystem of the set, one of the dialects, an index, and the description of all topics.
func Documents(set *subsystem.Set, dialects []subsystem.Dialect) (map[string][]byte, error) {
	files := map[string][]byte{
		Folder + "/README.md":   index(set),
		Folder + "/dialects.md": dialectList(dialects),
	}
	for _, o := range set.All() {
		text, err := document(o)
		if err != nil {
			return nil, err
		}
		files[Folder+"/"+o.Spec.ID+".md"] = text
	}
	text, err := AsyncAPI(set)
	if err != nil {
		return nil, fmt.Errorf("AsyncAPI: %w", err)
	}
	files["asyncapi.json"] = text
	return files, nil
}

func index(set *subsystem.Set) []byte {
	p := newPage("Subsystems")
	p.paragraph("What each line of business listens to, measures and is told. The same for programs, with a schema of every " +
		"message, is the AsyncAPI description at `/asyncapi.json` of a running center and in [asyncapi.json](../asyncapi.json). " +
		"Foreign devices speak [dialects](dialects.md).")
	rows := make([][]string, 0, len(set.All()))
	for _, o := range set.All() {
		s := &o.Spec
		rows = append(rows, []string{
			"[" + code(s.ID) + "](" + s.ID + ".md)", s.Names.EN, s.Names.VI, Duration(s.Cadence),
			strconv.Itoa(len(s.Topics)), strconv.Itoa(len(s.Metrics)), strconv.Itoa(len(s.Indicators)),
		})
	}
	p.table([]string{"subsystem", "English", "Tiếng Việt", "speaks every", "topics", "metrics", "indicators"}, rows)
	p.paragraph("In topics, `{root}` is the setting `mqtt-root`, `{location}` and `{device}` are ids of the inventory. " +
		"Times are RFC 3339 with their offset; fields that are not named are ignored, and `null` counts as absent. A message " +
		"that cannot be read is kept in quarantine with the reason.")
	return p.bytes()
}

func dialectList(dialects []subsystem.Dialect) []byte {
	p := newPage("Dialects")
	p.paragraph("Languages that foreign devices and systems speak. Each is used by instances in the configuration file, and each " +
		"instance feeds one subsystem; the devices are found by their `external_id`, which begins with the dialect's id.")
	p.block("yaml", `dialects:
  - name: NAME            # of the instance: any, but only once
    dialect: DIALECT      # one of the list below
    subsystem: SUBSYSTEM  # what the messages belong to
    cadence: 60s          # between two messages of a device; absent: the dialect's own
    settings: {}          # what the dialect can be told; absent: its defaults`)
	rows := make([][]string, len(dialects))
	for i := range dialects {
		id := dialects[i].ID
		rows[i] = []string{"[" + code(id) + "](../../internal/dialect/" + id + "/README.md)", sentence(dialects[i].Doc)}
	}
	if len(rows) > 0 {
		p.table([]string{"dialect", "what it is"}, rows)
		p.paragraph("What each can be told in `settings`, and how it names devices, is in its README.")
	}
	return p.bytes()
}
