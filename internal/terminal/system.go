package terminal

import "runtime"

// isWindows: its terminals have no TERM, and show UTF-8.
const isWindows = runtime.GOOS == "windows"
