package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxManifest bounds the text of all documents of an operator, in bytes, and
	// maxTrusted their number: they stay in memory, parsed.
	maxManifest = 16 << 20
	maxTrusted  = 10_000
	// apolloManifest is the format that Apollo's manifests name.
	apolloManifest = "apollo-persisted-query-manifest"
)

// documentText is a document as it was read, and where that was.
type documentText struct{ body, where string }

// readTexts gives the documents at path by their ids.
func readTexts(path string) (map[string]documentText, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("look for the documents: %w", err)
	}
	if info.IsDir() {
		return readFolder(path)
	}
	text, err := readBounded(path, maxManifest)
	if err != nil {
		return nil, err
	}
	texts, err := parseManifest(text, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return texts, nil
}

// readFolder reads the files of a folder, those below it left alone.
func readFolder(folder string) (map[string]documentText, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("read the folder of documents: %w", err)
	}
	texts, room := map[string]documentText{}, maxManifest
	for _, entry := range entries {
		end := filepath.Ext(entry.Name())
		if entry.IsDir() || end != ".graphql" && end != ".gql" {
			continue
		}
		id, where := strings.TrimSuffix(entry.Name(), end), filepath.Join(folder, entry.Name())
		if _, taken := texts[id]; taken {
			return nil, fmt.Errorf("%s: another file has the same name before its end, which is the id", where)
		}
		text, err := readBounded(where, room)
		if err != nil {
			return nil, err
		}
		room -= len(text)
		texts[id] = documentText{string(text), where}
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s has no file that ends in .graphql or .gql", folder)
	}
	return texts, nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the documents: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read the documents: %w", err)
	}
	if len(text) > limit {
		return nil, fmt.Errorf("%s: the documents are larger than %d bytes together", path, maxManifest)
	}
	return text, nil
}

// parseManifest reads either form of JSON.
func parseManifest(text []byte, path string) (map[string]documentText, error) {
	fields, err := decodeFields(text, maxTrusted)
	if err != nil {
		return nil, errors.New(`is neither {"<id>": "<document>", …} nor Apollo's manifest: ` + err.Error())
	}
	if _, apollo := fields["operations"]; apollo {
		return parseApollo(text, path)
	}
	texts := make(map[string]documentText, len(fields))
	for id, raw := range fields {
		var body string
		if err := json.Unmarshal(raw, &body); err != nil || body == "" {
			return nil, fmt.Errorf("%q is not the text of a document", id)
		}
		texts[id] = documentText{body, path + ", " + id}
	}
	return texts, nil
}

// parseApollo reads {"format": …, "version": 1, "operations": [{"id": …, "body": …}, …]}.
func parseApollo(text []byte, path string) (map[string]documentText, error) {
	var manifest struct {
		Format     string
		Version    int
		Operations []struct{ ID, Body string }
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&manifest); err != nil {
		return nil, errors.New("is not as Apollo writes its manifests: each of the operations has an id and a body, which are texts")
	}
	if manifest.Format != apolloManifest || manifest.Version != 1 {
		return nil, fmt.Errorf("is of format %q, version %d, and not %s, version 1", manifest.Format, manifest.Version, apolloManifest)
	}
	texts := make(map[string]documentText, len(manifest.Operations))
	for i, operation := range manifest.Operations {
		if _, taken := texts[operation.ID]; taken {
			return nil, fmt.Errorf("operation %d has the id %q, which another one has", i+1, operation.ID)
		}
		texts[operation.ID] = documentText{operation.Body, path + ", " + operation.ID}
	}
	return texts, nil
}
