// Package tasks has the use cases: submit, read, watch, cancel, pause, resume,
// retry, claim and report. Every API goes through its Service; adapters translate
// and hold no rules. Who may what is in policy.go.
//
// All changes of tasks pass through one recorder, which decides each on the newest
// snapshot, commits what is pending for all tasks together, and then tells the bus.
package tasks
