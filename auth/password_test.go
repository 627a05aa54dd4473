package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"stepcast/models"
)

var cheapCost = PasswordCost{MemoryKiB: 64, Passes: 1, Threads: 1}

func TestPasswordIsStoredAsPHC(t *testing.T) {
	t.Parallel()
	p := newPasswords(PasswordCostDefault)
	stored, err := p.hash(t.Context(), "pässword")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || len(stored) > 255 {
		t.Fatalf("stored as %s", stored)
	}
	for given, want := range map[string]bool{"pässword": true, "Pässword": false, "": false} {
		if got, err := p.matches(t.Context(), stored, given); got != want || err != nil {
			t.Errorf("%q: got %v, %v; want %v", given, got, err, want)
		}
	}
	if p.outdated(stored) || !newPasswords(cheapCost).outdated(stored) {
		t.Error("a hash is outdated when its cost is another, and only then")
	}
}

func TestPasswordMatchesNothingUnreadable(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheapCost)
	good, _ := p.hash(t.Context(), "password")
	for name, stored := range map[string]string{
		"none":            "",
		"plain":           "password",
		"other algorithm": strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":   strings.Replace(good, "v=19", "v=16", 1),
		"no passes":       strings.Replace(good, "t=1", "t=0", 1),
		"huge memory":     strings.Replace(good, "m=64", "m=4294967295", 1),
		"leading zero":    strings.Replace(good, "m=64", "m=064", 1),
		"cut":             good[:len(good)-1],
		"longer":          good + "$",
		"no salt":         "$argon2id$v=19$m=64,t=1,p=1$$AAAA",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := p.matches(t.Context(), stored, "password"); got || err != nil {
				t.Errorf("%q: got %v, %v; want no match", stored, got, err)
			}
		})
	}
}

func TestPasswordQueueIsBounded(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheapCost)
	for range cap(p.slots) {
		p.slots <- struct{}{} // every processor is at work
	}
	gone, cancel := context.WithCancelCause(t.Context())
	why := errors.New("client left")
	cancel(why)
	if _, err := p.matches(gone, "", "x"); !errors.Is(err, why) {
		t.Fatalf("who left while waiting got %v", err)
	}
	p.waiting.Add(hashQueueMax)
	_, err := p.matches(t.Context(), "", "x")
	if fault := models.AsFault(err); fault == nil || fault.Code != models.CodeUnavailable || fault.RetryAfter < 1 {
		t.Fatalf("with a full queue: got %v, want UNAVAILABLE and when to come back", err)
	}
	if n := p.waiting.Load(); n != hashQueueMax {
		t.Fatalf("%d are counted as waiting, want %d", n, hashQueueMax)
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := parsePHC(s)
		if ok && (p.String() != s || !p.sane()) {
			t.Fatalf("%q was read as %v", s, p)
		}
	})
}

func TestLimiterFillsAgain(t *testing.T) {
	t.Parallel()
	var clock stopped
	l := newLimiter(clock.Now, 2, 10*time.Second)
	for i, step := range []struct{ after, wait time.Duration }{
		{0, 0},
		{0, 0},
		{0, 10 * time.Second},
		{4 * time.Second, 6 * time.Second},
		{6 * time.Second, 0},
		{time.Hour, 0},
		{0, 0},
		{0, 10 * time.Second},
	} {
		clock.Advance(step.after)
		if got := l.take("a").Round(time.Millisecond); got != step.wait {
			t.Fatalf("try %d: wait %v, want %v", i, got, step.wait)
		}
	}
	if wait := l.take("b"); wait != 0 {
		t.Fatalf("another key waits %v", wait)
	}
	l.giveBack("a")
	if wait := l.take("a"); wait != 0 {
		t.Fatalf("a try that was given back waits %v", wait)
	}
	l.giveBack("b")
	if _, held := l.buckets.items["b"]; held {
		t.Fatal("a full bucket is held")
	}
}

func TestAddressKey(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:1234":              "192.0.2.7",
		"192.0.2.7":                   "192.0.2.7",
		"[::ffff:192.0.2.7]:80":       "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:80":   "2001:db8:1:2::/64",
		"[2001:db8:1:2:9::1%eth0]:80": "2001:db8:1:2::/64",
		"@":                           "?",
		"":                            "?",
	} {
		if got := addressKey(remote); got != want {
			t.Errorf("%q: got %q, want %q", remote, got, want)
		}
	}
}
