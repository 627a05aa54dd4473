//go:build unix

package process_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"stepcast/internal/process"
)

// workArg is the first argument that makes the test binary a program to be run by the
// tests: what comes after it says what the program does.
const workArg = "work"

// work does the steps one after the other.
func work(steps []string) {
	for len(steps) > 0 {
		verb, arg, _ := strings.Cut(steps[0], "=")
		steps = steps[1:]
		switch verb {
		case "say":
			fmt.Println(arg)
		case "warn":
			fmt.Fprintln(os.Stderr, arg)
		case "fill":
			n, _ := strconv.Atoi(arg)
			_, _ = os.Stdout.WriteString(strings.Repeat("x", n))
		case "copy":
			_, _ = io.Copy(os.Stdout, os.Stdin)
		case "pid":
			fmt.Println("pid", os.Getpid())
		case "environ":
			fmt.Println(strings.Join(os.Environ(), "\n"))
		case "ignore":
			signal.Ignore(syscall.SIGTERM)
		case "burn":
			burn()
		case "use":
			d, _ := time.ParseDuration(arg)
			useCPU(d)
		case "hold":
			time.Sleep(time.Hour)
		case "raise":
			n, _ := strconv.Atoi(arg)
			_ = syscall.Kill(os.Getpid(), syscall.Signal(n))
			time.Sleep(time.Hour)
		case "serve":
			serve(steps)
			return
		case "exit":
			n, _ := strconv.Atoi(arg)
			os.Exit(n)
		case "wait":
			var status syscall.WaitStatus
			_, _ = syscall.Wait4(-1, &status, 0, nil)
		default:
			// What is left is for the child.
			spawn(verb, steps)
			return
		}
	}
}

// spawn starts the test binary again with steps up to "end" and goes on with those after.
//
//	child    an ordinary child
//	leave    a child in a session of its own
//	orphan   a child in a session of its own whose parent ends at once
//	hide     the same with an empty environment
func spawn(kind string, steps []string) {
	inner, rest := steps, []string(nil)
	for i, step := range steps {
		if step == "end" {
			inner, rest = steps[:i], steps[i+1:]
			break
		}
	}
	cmd := exec.Command(ownPath(), append([]string{workArg}, inner...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: kind != "child"}
	switch kind {
	case "child", "leave":
	case "orphan", "hide":
		// The process in between starts it and ends.
		cmd.Args = append([]string{cmd.Path, workArg, "leave"}, inner...)
	default:
		panic("unknown work: " + kind)
	}
	if kind == "hide" {
		cmd.Env = quickExit // That is, not with the marker.
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	if kind == "orphan" || kind == "hide" {
		_ = cmd.Wait()
	}
	work(rest)
}

func burn() {
	for i := uint64(0); ; i++ {
		sink = i
	}
}

var sink uint64

// useCPU spins until the process has used that much CPU time.
func useCPU(d time.Duration) {
	for {
		var usage syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
		if time.Duration(usage.Utime.Nano()+usage.Stime.Nano()) >= d {
			return
		}
	}
}

// serve is a server of one program, for tests that kill the server: it starts the test
// binary as a program that does steps and passes its output on.
func serve(steps []string) {
	p, err := process.Start(context.Background(), process.Spec{
		Path: ownPath(), Args: append([]string{workArg}, steps...), Stdout: os.Stdout, Env: quickExit,
	})
	if err != nil {
		panic(err)
	}
	_, err = p.Wait()
	fmt.Println("ended", err)
}

// ownPath names the test binary. The usual path may lead through folders that an
// ordinary user cannot enter.
func ownPath() string {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe"
	}
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}
