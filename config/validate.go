package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a zone means the same on machines that keep no list of zones
	"unicode"
)

// minSize is the least that an output can be cut to and still say something, in bytes.
const minSize = 1 << 10

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	languageTag  = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
)

// Validate returns everything that is wrong with the settings, a *FieldError each, or nil.
// It opens nothing: whether a file can be read or a port is free shows when it is used.
func (c Config) Validate() error {
	var found problems
	c.checkPlace(&found)
	c.checkAccess(&found)
	c.checkLimits(&found)
	c.checkRunning(&found)
	return errors.Join(found...)
}

// problems collects what is wrong.
type problems []error

// add notes an error of a setting; nil is none.
func (p *problems) add(name string, err error) {
	if err != nil {
		*p = append(*p, &FieldError{name, err})
	}
}

// require notes that a setting is wrong unless it is ok.
func (p *problems) require(ok bool, name, format string, args ...any) {
	if !ok {
		p.add(name, fmt.Errorf(format, args...))
	}
}

// checkPlace checks where the server listens and keeps its data, and how it speaks.
func (c Config) checkPlace(found *problems) {
	c.checkListeners(found)
	c.checkMetricsAddr(found)
	found.require(c.Data != "", "data", "names no folder; write for example .stepcast")
	_, err := ParseDatabase(c.DatabaseURL())
	found.add("database", err)
	found.require(languageTag.MatchString(c.Locale), "locale",
		"%s is not a language; write for example en or zh-CN", excerpt(c.Locale))
	_, err = parseZone(c.Zone)
	found.add("zone", err)
	found.require(c.LogFormat == LogText || c.LogFormat == LogJSON, "log-format",
		"%s is neither text nor json", excerpt(c.LogFormat))
}

// checkAccess checks who may come in, and what is secret. Its errors tell no secret.
func (c Config) checkAccess(found *problems) {
	for _, origin := range c.AllowedOrigins {
		found.add("allowed-origins", checkOrigin(origin))
	}
	found.require(slices.Contains([]string{IntrospectionSignedIn, IntrospectionAdmin, IntrospectionOff}, c.Introspection),
		introspectionName, "%s is none of signed-in, admin, off", excerpt(c.Introspection))
	found.require(!c.DocumentsOnly || c.Documents != "", documentsOnlyName,
		"would refuse everything, for there are no documents; name them: %s", spelled(documentsName))
	found.require(!strings.ContainsFunc(c.AdminToken.Reveal(), unfitForHeader), "admin-token",
		"has blanks or letters beyond ASCII; make one for example with: openssl rand -hex 32")
	found.require(!strings.ContainsFunc(c.AdminPassword.Reveal(), unicode.IsControl), "admin-password",
		"has a line break or another control character; nobody can type it")
	c.checkLegacyTokens(found)
	for _, name := range slices.Sorted(maps.Keys(c.Secrets)) {
		found.require(variableName.MatchString(name), secretsName,
			"%s is not the name of a variable; use letters, digits and _, no digit first", excerpt(name))
		found.require(c.Secrets[name] != "", secretsName,
			"%s is empty; give it a value or leave it out", excerpt(name))
	}
}

// checkLimits checks numbers against the least that works.
func (c Config) checkLimits(found *problems) {
	counts := []struct {
		name  string
		value int
	}{{"max-tasks", c.MaxTasks}, {"queue-limit", c.QueueLimit}, {"owner-queue-limit", c.OwnerQueueLimit}, {"socket-limit", c.SocketLimit}, {"result-rows", c.ResultRows}}
	for _, count := range counts {
		found.require(count.value >= 1, count.name, "%d is too few; write 1 or more", count.value)
	}
	found.require(c.Lease >= time.Second, "lease",
		"%s is too short for a worker to renew it; write 1s or more", showDuration(c.Lease))
	found.require(c.StallAfter >= time.Second, "stall-after",
		"%s is too short to tell silence from work; write 1s or more", showDuration(c.StallAfter))
	periods := []struct {
		name  string
		value time.Duration
	}{{"retention", c.Retention}, {"grace", c.Grace}, {"kill-grace", c.KillGrace}}
	for _, period := range periods {
		found.require(period.value >= 0, period.name, "%s is less than nothing; write 0 or more", showDuration(period.value))
	}
	sizes := []struct {
		name  string
		value int64
	}{{"output-limit", c.OutputLimit}, {"result-limit", c.ResultLimit}, {"http-limit", c.HTTPLimit}}
	for _, size := range sizes {
		found.require(size.value >= minSize, size.name,
			"%s is too small; write %s or more", showSize(size.value), showSize(minSize))
	}
}

// checkRunning checks what runs tasks and what Linkis clients see of it.
func (c Config) checkRunning(found *problems) {
	found.require(c.Python != "", "python", "names no interpreter; write for example python3")
	for _, key := range slices.Sorted(maps.Keys(c.Engines)) {
		found.add(enginesName, checkEngine(key, c.Engines[key]))
	}
	c.checkDataSources(found)
	found.add("linkis-instance", checkAddr(c.LinkisInstance))
}

// parseZone returns the time zone of a name.
func parseZone(name string) (*time.Location, error) {
	// The empty name would be UTC, which nobody asked for.
	if name == "" {
		return nil, errors.New("names no zone; write for example Europe/Berlin, UTC or Local")
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not a time zone; write for example Europe/Berlin, UTC or Local", excerpt(name))
	}
	return location, nil
}
