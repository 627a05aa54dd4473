// Package store keeps tasks, their events and logs, workers, users, tokens and
// sessions, on SQLite or MySQL (MariaDB included). It is the only package that
// knows gorm, and it holds no rules of what a task may do: it writes what was
// decided, provided that nobody decided something else meanwhile.
//
// Every change of a task goes through Commit: one transaction for a whole group
// of tasks, a compare-and-set for each. Reads never take locks. Both databases
// pass one suite, storetest.Run.
//
// Times go in and come out in UTC with milliseconds, whatever the caller passes.
// Callers that compare a snapshot in memory with the stored one truncate the
// times of its events themselves. Leases alone are measured by the database's
// clock, because several machines write and compare them.
package store
