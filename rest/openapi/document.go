package openapi

import (
	"embed"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

//go:embed spec/*.yaml
var specFiles embed.FS

// frame is the part that says what the whole is. The order of its keys, and of its
// tags, is that of the document.
const frame = "api.yaml"

// shared is where a part keeps what it repeats by YAML's anchors. It is not in the document.
const shared = "x-shared"

// Document is the description as JSON, on one line. version is that of the program.
// It panics when the parts do not fit together, which is settled when they are written.
func Document(version string) []byte {
	parts, err := fs.Sub(specFiles, "spec")
	if err != nil {
		panic(err)
	}
	document, err := assemble(parts, version)
	if err != nil {
		panic(fmt.Errorf("openapi: %w", err))
	}
	return document
}

func assemble(parts fs.FS, version string) ([]byte, error) {
	whole, err := readPart(parts, frame)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(parts, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == frame {
			continue
		}
		part, err := readPart(parts, name)
		if err != nil {
			return nil, err
		}
		if err := merge(whole, part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	paths := value(whole, "paths")
	if paths == nil {
		return nil, fmt.Errorf("%s has no paths", frame)
	}
	if err := expand(paths); err != nil {
		return nil, err
	}
	info := value(whole, "info")
	if info == nil {
		return nil, fmt.Errorf("%s has no info", frame)
	}
	set(info, "version", text(version))
	return encode(whole)
}

// readPart reads one file, a mapping.
func readPart(parts fs.FS, name string) (*yaml.Node, error) {
	source, err := fs.ReadFile(parts, name)
	if err != nil {
		return nil, err
	}
	var file yaml.Node
	if err := yaml.Unmarshal(source, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(file.Content) != 1 || file.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s is no mapping", name)
	}
	part := resolve(file.Content[0])
	take(part, shared)
	return part, nil
}

// merge adds what a part has to the whole: mappings are joined, at any depth. A key
// that both have and that is no mapping is an error, so that no part hides another.
func merge(whole, part *yaml.Node) error {
	for i := 0; i < len(part.Content); i += 2 {
		key, added := part.Content[i].Value, part.Content[i+1]
		present := value(whole, key)
		switch {
		case present == nil:
			set(whole, key, added)
		case present.Kind != yaml.MappingNode || added.Kind != yaml.MappingNode:
			return fmt.Errorf("%s is there already", key)
		default:
			if err := merge(present, added); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}
