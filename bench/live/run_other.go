//go:build !linux

package main

import (
	"context"
	"fmt"
	"io"
)

// run says that it cannot: epoll, cores to pin to and /proc are Linux's.
func run(_ context.Context, _ []string, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "live fan-out is measured on Linux only")
	return 1
}
