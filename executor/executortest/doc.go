// Package executortest is the conformance suite of executors: Run is called for each
// with the same small programs in its language. It also has the Execution that tests of
// executors begin, and the Sink that they and tests of their callers record with.
package executortest
