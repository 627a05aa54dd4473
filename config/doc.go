// Package config holds the settings of a Stepcast server: what they are, what they
// are when nobody says, where they may be written, and what is wrong with them.
//
// A setting has one name. It is a flag (--queue-limit), an environment variable
// (STEPCAST_QUEUE_LIMIT) and a key of the YAML file (queue-limit); the first of these
// that is given counts, and the default otherwise. One table (table.go) says all of it,
// so that the three spellings, the help and the errors cannot disagree. What is secret
// has no flag, because a command line can be read by everyone on the machine.
//
//	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
//	config.Flags(fs)
//	// … parse the command line …
//	cfg, err := config.Load(fs, os.Environ(), os.ReadFile)
//
// A Config that Load returned is valid. One that was built by hand starts as Default
// and is checked by Validate.
package config
