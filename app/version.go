package app

import "runtime/debug"

// Version is that of the program, as the Go toolchain stamped it: v1.2.3, or (devel).
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
