// Package bench measures Stepcast as a whole: tasks a second, reads a second and
// commits a second, on each database, with few and with many finished tasks stored. Its
// tests check the two promises that counting can keep: what a status poll asks of the
// database, and that commits do not grow with running tasks. README.md says how to run
// it and how to read it.
package bench
