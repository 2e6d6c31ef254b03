// Package web holds the built pages of the operations wall, so that running the center needs no
// Node. The sources are beside it; `npm ci && npm run build` makes dist anew, byte for byte.
package web

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built pages: index.html at its root, and under assets files whose names change
// with their contents. It is read-only and safe for concurrent use.
func Dist() fs.FS {
	root, err := fs.Sub(dist, "dist")
	if err != nil { // only an invalid path can cause it, and the path is a constant
		panic(fmt.Sprintf("web: dist: %v", err))
	}
	return root
}
