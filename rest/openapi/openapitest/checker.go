package openapitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"stepcast/rest/openapi"
)

// Checker knows the description. It is safe for concurrent use.
type Checker struct {
	model     *v3.Document
	validator validator.Validator
	schemas   schema_validation.SchemaValidator
	paths     []template

	// mu guards seen, and the validators, which build what they need as they go.
	mu   sync.Mutex
	seen map[string]bool
}

// build reads the description that the program serves.
func build() (*Checker, error) {
	document, err := libopenapi.NewDocument(openapi.Document("test"))
	if err != nil {
		return nil, err
	}
	built, err := document.BuildV3Model()
	if err != nil {
		return nil, err
	}
	c := &Checker{
		model: &built.Model, validator: validator.NewValidatorFromV3Model(&built.Model),
		schemas: schema_validation.NewSchemaValidator(), seen: map[string]bool{},
	}
	c.validator.SetDocument(document)
	if ok, problems := c.validator.ValidateDocument(); !ok {
		return nil, errors.New(listed(problems))
	}
	for path, item := range built.Model.Paths.PathItems.FromOldest() {
		c.paths = append(c.paths, newTemplate(path, item))
	}
	return c, nil
}

// New makes a checker that has seen nothing. It fails the test when the description is
// no valid OpenAPI.
func New(t testing.TB) *Checker {
	t.Helper()
	return usable(t, build)
}

// Shared is one checker for all tests of a process, because making one takes a while.
func Shared(t testing.TB) *Checker {
	t.Helper()
	return usable(t, shared)
}

var shared = sync.OnceValues(build)

func usable(t testing.TB, get func() (*Checker, error)) *Checker {
	t.Helper()
	c, err := get()
	if err != nil {
		t.Fatalf("read the description: %v", err)
	}
	return c
}

// Operations lists what is described, as "GET /healthz", sorted.
func (c *Checker) Operations() (list []string) {
	for _, p := range c.paths {
		for method := range p.item.GetOperations().FromOldest() {
			list = append(list, strings.ToUpper(method)+" "+p.text)
		}
	}
	slices.Sort(list)
	return list
}

// Unseen lists the answers that are described and did not come, as "GET /healthz 200", sorted.
func (c *Checker) Unseen() (list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.paths {
		for method, operation := range p.item.GetOperations().FromOldest() {
			for status := range operation.Responses.Codes.FromOldest() {
				if answer := strings.ToUpper(method) + " " + p.text + " " + status; !c.seen[answer] {
					list = append(list, answer)
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

// Transport sends by next, http.DefaultTransport when it is nil, and fails the test
// for what the description does not allow.
func (c *Checker) Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return transport{t: t, checker: c, next: next}
}

type transport struct {
	t       testing.TB
	checker *Checker
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (x transport) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := keep(&r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request's body: %w", err)
	}
	answer, err := x.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := keep(&answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer's body: %w", err)
	}
	checked := r.Clone(r.Context())
	checked.Body, checked.GetBody = io.NopCloser(bytes.NewReader(sent)), nil
	if err := x.checker.Check(checked, answer, got); err != nil {
		x.t.Errorf("%s %s answered %d: %v\n%.2000s", r.Method, r.URL, answer.StatusCode, err, got)
	}
	return answer, nil
}

// keep reads a body and puts another that gives the same in its place.
func keep(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	all, err := io.ReadAll(*body)
	err = errors.Join(err, (*body).Close())
	*body = io.NopCloser(bytes.NewReader(all))
	return all, err
}

// notTLS is what net/http says before anything is routed, to plain HTTP where TLS is spoken.
const notTLS = "Client sent an HTTP request to an HTTPS server.\n"

// Check says what of a request and its answer is not as described; nil when nothing
// is, and for paths that the description is not about. body is the answer's.
func (c *Checker) Check(r *http.Request, answer *http.Response, body []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer.StatusCode == http.StatusBadRequest && string(body) == notTLS {
		return nil
	}
	r = asMeant(r)
	if original, ok := c.withoutAlias(r); ok {
		if c.checkOtherPath(r, answer, body) == nil {
			return nil // aliases are switched off
		}
		r = original
	}
	described := c.find(r)
	if described == nil {
		return c.checkOtherPath(r, answer, body)
	}
	operation := described.item.GetOperations().GetOrZero(strings.ToLower(r.Method))
	if operation == nil || r.Method != strings.ToUpper(r.Method) { // "get" is another method than "GET"
		return c.checkRefused(described.item.Extensions.GetOrZero("x-other-methods"), http.StatusMethodNotAllowed, r, answer, body)
	}
	status := strconv.Itoa(answer.StatusCode)
	response := operation.Responses.Codes.GetOrZero(status)
	if response == nil {
		return errors.New("this status is not described")
	}
	c.seen[r.Method+" "+described.text+" "+status] = true
	err := c.checkResponse(response, r, answer, body)
	if answer.StatusCode < http.StatusBadRequest {
		if ok, problems := c.validator.ValidateHttpRequestSyncWithPathItem(r, described.item, described.text); !ok {
			err = errors.Join(err, fmt.Errorf("the request is not as described and was answered all the same: %s", listed(problems)))
		}
	}
	return err
}
