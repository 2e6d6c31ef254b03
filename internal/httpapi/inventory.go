package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxImport bounds a file, in bytes.
const maxImport = 32 << 20

// ImportReport says what a file changes, or would.
type ImportReport struct {
	DryRun  bool              `json:"dry_run" doc:"nothing was changed"`
	Added   []InventoryChange `json:"added" nullable:"false"`
	Changed []InventoryChange `json:"changed" nullable:"false"`
	Removed []InventoryChange `json:"removed" nullable:"false"`
}

// InventoryChange is one area, location or device that is added, changed or removed.
type InventoryChange struct {
	Type   string           `json:"type" enum:"area,location,device"`
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Fields []InventoryField `json:"fields,omitempty" doc:"of one that is changed"`
}

// InventoryField is one field that is changed, by its column in the file.
type InventoryField struct {
	Column string `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}

type exportOutput struct {
	CacheControl string `header:"Cache-Control"`
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	Body         []byte
}

type importInput struct {
	DryRun  bool   `query:"dry_run" doc:"only say what would be changed"`
	RawBody []byte `contentType:"text/csv"`
}

type importOutput struct{ Body ImportReport }

// inventory declares the routes of what is registered.
func (a *api) inventory() {
	if a.Inventory == nil {
		return
	}
	export := get("export-inventory", "/api/v1/inventory", "The inventory as CSV")
	export.Responses = map[string]*huma.Response{
		"200": {Description: "One row for each area, location and device.", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
		}},
	}
	huma.Register(a.huma, export, a.exportInventory)
	huma.Register(a.huma, huma.Operation{
		OperationID: "import-inventory", Method: http.MethodPost, Path: "/api/v1/inventory",
		Summary: "Add and change what a CSV file says, in one transaction", MaxBodyBytes: maxImport, BodyReadTimeout: time.Minute,
	}, a.importInventory)
}

// exportInventory writes all of it before sending any, so that a failure is still an error.
func (a *api) exportInventory(ctx context.Context, _ *struct{}) (*exportOutput, error) {
	var file bytes.Buffer
	if err := a.Inventory.Export(ctx, &file); err != nil {
		return nil, a.fail(ctx, "export", err)
	}
	return &exportOutput{
		CacheControl: noStore, ContentType: "text/csv; charset=utf-8",
		Disposition: `attachment; filename="inventory.csv"`, Body: file.Bytes(),
	}, nil
}

func (a *api) importInventory(ctx context.Context, in *importInput) (*importOutput, error) {
	report, err := a.Inventory.Import(ctx, bytes.NewReader(in.RawBody), in.DryRun)
	if err != nil {
		return nil, a.fail(ctx, "import", err)
	}
	for _, list := range []*[]InventoryChange{&report.Added, &report.Changed, &report.Removed} {
		if *list == nil {
			*list = []InventoryChange{}
		}
	}
	return &importOutput{Body: report}, nil
}
