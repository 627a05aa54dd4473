package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEventIsFoundInAFrame(t *testing.T) {
	t.Parallel()
	for _, want := range []event{{}, {1, 1}, {999_999_999, 999_999_999_999_999}} {
		task := newWireTask(1, "")
		task.show(want)
		text, err := json.Marshal(task)
		require.NoError(t, err)
		found, ok := findEvent(text)
		require.True(t, ok)
		require.Equal(t, want, found)
	}
}

func TestNoEventIsFoundElsewhere(t *testing.T) {
	t.Parallel()
	whole := event{number: 7, due: 9}.text()
	for _, text := range []string{"", ackMessage, "event ", whole[:len(whole)-1], "event 00000000x due 000000000000009"} {
		_, ok := findEvent([]byte(text))
		require.False(t, ok, text)
	}
}

func TestEventsAreEquallyLong(t *testing.T) {
	t.Parallel()
	require.Len(t, event{number: 123_456_789, due: 1}.text(), len(event{}.text()))
}
