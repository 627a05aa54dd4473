// Package executortest is the conformance suite of executors: Run is called for each
// with the same small programs in its language. It also has the Sink that tests of
// executors and of their callers record with.
package executortest
