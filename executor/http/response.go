package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"stepcast/executor"
	"stepcast/models"
)

const (
	// shownMax is the size in bytes up to which a text is shown in the log.
	shownMax = 4 << 10
	// sniffed is how many bytes tell what they are.
	sniffed = 512
	// refusalWait bounds the reading of the response to a request that has failed anyway.
	refusalWait = 5 * time.Second
	bufferSize  = 32 << 10
)

// keep puts the body of an expected response into a result file. It returns how many bytes
// that are.
func (x *execution) keep(ctx context.Context, response *http.Response) (executor.Result, int64, error) {
	if response.Body == http.NoBody {
		return executor.Result{}, 0, nil
	}
	limit := x.executor.options.BodyLimit
	tooLarge := func() executor.Result { return tooMuch("error.http.body", strconv.FormatInt(limit, 10)) }
	if response.ContentLength > limit {
		return tooLarge(), 0, nil
	}
	body := bufio.NewReaderSize(
		&meter{Reader: response.Body, total: response.ContentLength, tell: x.progress.received}, bufferSize)
	first, err := body.Peek(sniffed)
	if len(first) == 0 {
		if err != io.EOF {
			return x.broken(ctx, err), 0, nil
		}
		return executor.Result{}, 0, nil
	}
	kind := mediaType(response.Header, first)
	file, err := x.sink.File(fileName(response.Header, x.message.segment, kind))
	if err != nil {
		return x.notKept(ctx, err)
	}
	preview := preview{kind: kind}
	// One byte more than allowed tells that there is more.
	got, err := io.Copy(io.MultiWriter(&kept{file}, &preview), io.LimitReader(body, limit+1))
	var refused *notWritten
	switch {
	case errors.As(err, &refused):
		if errors.Is(err, executor.ErrResultsFull) {
			err = errors.Join(refused.error, file.Close())
		}
		return x.notKept(ctx, err)
	case err != nil:
		return x.broken(ctx, err), got, nil
	case got > limit:
		return tooLarge(), got, nil
	}
	if err := file.Close(); err != nil {
		return x.notKept(ctx, err)
	}
	x.show(&preview)
	return executor.Result{}, got, nil
}

// kept marks the errors of writing, to tell them from those of reading.
type kept struct{ io.Writer }

type notWritten struct{ error }

func (e *notWritten) Unwrap() error { return e.error }

func (k *kept) Write(b []byte) (int, error) {
	n, err := k.Writer.Write(b)
	if err != nil {
		err = &notWritten{err}
	}
	return n, err
}

func (x *execution) notKept(ctx context.Context, err error) (executor.Result, int64, error) {
	switch {
	case ctx.Err() != nil:
		return executor.Result{Failure: failure("error.http.ended")}, 0, nil
	case errors.Is(err, executor.ErrResultsFull):
		return tooMuch("error.results"), 0, nil
	}
	return executor.Result{}, 0, fmt.Errorf("keep the response: %w", err)
}

// showRefusal shows the first bytes of a response that was not expected.
func (x *execution) showRefusal(response *http.Response) {
	if response.StatusCode < 200 || response.Body == http.NoBody {
		return
	}
	late := time.AfterFunc(refusalWait, func() { _ = response.Body.Close() })
	defer late.Stop()
	head, _ := io.ReadAll(io.LimitReader(response.Body, shownMax+1))
	p := preview{kind: mediaType(response.Header, head[:min(len(head), sniffed)]), cut: true}
	_, _ = p.Write(head)
	x.show(&p)
}

// preview remembers the beginning of a body.
type preview struct {
	kind string
	// cut is whether a text that is longer than shownMax is shown, cut.
	cut  bool
	head []byte
}

// Write implements io.Writer; it takes everything.
func (p *preview) Write(b []byte) (int, error) {
	p.head = append(p.head, b[:min(len(b), shownMax+1-len(p.head))]...)
	return len(b), nil
}

// show appends the lines of a short text to the log.
func (x *execution) show(p *preview) {
	more := len(p.head) > shownMax
	if len(p.head) == 0 || !isText(p.kind) || more && !p.cut {
		return
	}
	text := p.head[:min(len(p.head), shownMax)]
	for i := 0; more && i < utf8.UTFMax && !utf8.Valid(text); i++ {
		text = text[:len(text)-1]
	}
	if !utf8.Valid(text) {
		return
	}
	for line := range strings.SplitSeq(strings.TrimRight(string(text), "\r\n"), "\n") {
		x.say(models.Stdout, strings.TrimSuffix(line, "\r"))
	}
	if more {
		x.say(models.System, "The rest of the response is not shown")
	}
}

// mediaType is what the response says of its body, else what its first bytes look like.
func mediaType(header http.Header, first []byte) string {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind == "" {
		kind, _, _ = mime.ParseMediaType(http.DetectContentType(first))
	}
	return kind
}

func isText(kind string) bool {
	switch kind {
	case "application/xml", "application/javascript", "application/yaml", "application/x-www-form-urlencoded", "application/x-ndjson":
		return true
	}
	return strings.HasPrefix(kind, "text/") || isJSON(kind) || strings.HasSuffix(kind, "+xml")
}
