// Package models says what a task is: its types, the rules of its statuses, its
// events and how they fold into a snapshot, and the one application error.
//
// It imports the standard library only. The gorm tags on its types are plain
// strings, so that one struct is both the stored row and the domain object.
//
// The life of a task:
//
//	            ┌──────── backoff, next attempt ────────┐
//	            ▼                                       │
//	submit ─▶ WAITING ──claim──▶ RUNNING ──▶ (failed, attempts left)
//	            │ ▲                │ ▲ │
//	      pause │ │ resume   pause │ │ └──▶ SUCCEEDED | FAILED | TIMED_OUT
//	            ▼ │                ▼ │ resume
//	          PAUSED             PAUSING ─▶ PAUSED
//	            │                  │
//	            └── cancel ──▶ CANCELLING ──▶ CANCELLED | TIMED_OUT
//
// SUCCEEDED, FAILED, TIMED_OUT and CANCELLED are final for a task; a step or a
// content may also end SKIPPED. Only a retry leaves a final state, by opening
// the next attempt.
package models
