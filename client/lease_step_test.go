package client

import (
	"testing"
)

// TestAddContentsAfterAnOutage: the answer with their ids may be lost as well.
func TestAddContentsAfterAnOutage(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		down := 4
		o.change(func(o *office) {
			o.readFault = func() error {
				if down--; down%2 == 1 {
					return errNetwork
				}
				return nil
			}
		})
		added, err := l.AddContents(t.Context(), ContentInput{Message: "third", RunType: "external"})
		if err != nil {
			t.Fatal(err)
		}
		if len(added) != 1 || added[0].ID != "690-1-3" || down != 0 {
			t.Errorf("added %v, %d readings to come", added, down)
		}
	})
}

// TestChanged tells of each change of what the server wants, and of nothing else.
func TestChanged(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		changed := l.Changed()
		report := func() {
			if _, err := l.Report(t.Context(), Report{}); err != nil {
				t.Fatal(err)
			}
		}
		report()
		select {
		case <-changed:
			t.Fatal("nothing has changed")
		default:
		}
		o.want(StatusPausing)
		report()
		<-changed
		if got := l.Desired(); got != StatusPausing {
			t.Errorf("desired is %s", got)
		}
	})
}
