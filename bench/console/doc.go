// Package console measures how smoothly the console shows what is much: a log of a million
// lines, and a list of which 500 tasks run. It holds nothing but tests and benchmarks: the
// real binary on SQLite serves, a real Chromium shows and records a trace. README.md says how
// to run it and how to read it.
package console
