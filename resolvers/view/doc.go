// Package view has what GraphQL shows of a task: the snapshot, in the languages of
// whoever asks. Its types have the names of the schema's; gqlgen reads their fields
// and methods, those of the embedded snapshot included. A method that takes no
// context costs no goroutine, so whatever can be said without loading is one.
package view
