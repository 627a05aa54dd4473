//go:build !unix

package localserver

import "io/fs"

// private cannot be told from the mode here; the folder's own rights decide who writes it.
func private(fs.FileInfo) bool { return true }
