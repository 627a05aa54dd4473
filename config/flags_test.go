package config_test

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestFlagsTeach(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	config.Flags(flags)
	help := flags.FlagUsages()
	for _, line := range []string{
		"--addr host:port ", "(default 127.0.0.1:8080)",
		"--data folder ", "(default .stepcast)",
		"--retention duration ", "(default 720h)",
		"--output-limit bytes ", "(default 64MiB)",
		"--allow-exec  ",
		"--metrics-addr host:port ", "(default none;",
		"--tls-cert file ", "--trusted-proxies addresses ", "--data-sources name=url ",
		"--result-rows number ", "(default 100000)", "--http-limit bytes ", "(default 16MiB)",
	} {
		require.Contains(t, help, line)
	}
	require.Less(t, strings.Index(help, "--addr"), strings.Index(help, "--allow-exec"), "the order of the table")
}

// A command line can be read by everyone on the machine.
func TestFlagsTakeNoSecrets(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	config.Flags(flags)
	for _, name := range []string{"admin-token", "admin-password", "secrets", "legacy-tokens"} {
		require.Nil(t, flags.Lookup(name), name)
		variable := "STEPCAST_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if name == "secrets" {
			variable = "STEPCAST_SECRET_<NAME>"
		}
		require.Contains(t, config.Guide, variable, "the guide names what has no flag")
	}
}
