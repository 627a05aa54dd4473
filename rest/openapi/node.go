package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"stepcast/internal/httpx"
)

// value is what a mapping has under a key; nil without it.
func value(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// set gives a mapping a value under a key, in its place or else at the end.
func set(mapping *yaml.Node, key string, to *yaml.Node) {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = to
			return
		}
	}
	mapping.Content = append(mapping.Content, text(key), to)
}

// take removes a key from a mapping and gives its value; nil without it.
func take(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			taken := mapping.Content[i+1]
			mapping.Content = append(mapping.Content[:i:i], mapping.Content[i+2:]...)
			return taken
		}
	}
	return nil
}

// text is a scalar that is a text, whatever it looks like.
func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// resolve copies a node with all that is below it. In the copy there are no aliases and
// no merge keys (<<): what they stand for is written out.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return resolve(n.Alias)
	}
	resolved := *n
	resolved.Anchor, resolved.Content = "", nil
	if n.Kind == yaml.MappingNode {
		resolved.Content = resolvePairs(n)
		return &resolved
	}
	for _, item := range n.Content {
		resolved.Content = append(resolved.Content, resolve(item))
	}
	return &resolved
}

// resolvePairs gives the keys and values of a mapping. A key of its own counts more
// than one that is merged.
func resolvePairs(mapping *yaml.Node) (pairs []*yaml.Node) {
	for i := 0; i < len(mapping.Content); i += 2 {
		key, to := mapping.Content[i], resolve(mapping.Content[i+1])
		if key.Tag != "!!merge" {
			pairs = append(pairs, key, to)
			continue
		}
		merged := []*yaml.Node{to}
		if to.Kind == yaml.SequenceNode {
			merged = to.Content
		}
		for _, from := range merged {
			for j := 0; j+1 < len(from.Content); j += 2 {
				if value(mapping, from.Content[j].Value) == nil {
					pairs = append(pairs, from.Content[j], from.Content[j+1])
				}
			}
		}
	}
	return pairs
}

// encode writes a node as JSON on one line, its keys in the order in which they were
// written. Decoding into Go values instead would sort them.
func encode(n *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	err := write(&out, n)
	return out.Bytes(), err
}

func write(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeMapping(out, n)
	case yaml.SequenceNode:
		return writeSequence(out, n)
	case yaml.ScalarNode:
		return writeScalar(out, n)
	}
	return fmt.Errorf("line %d: neither a mapping, a sequence nor a scalar", n.Line)
}

func writeMapping(out *bytes.Buffer, n *yaml.Node) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return fmt.Errorf("line %d: the key %q is no scalar, or is there twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeScalar(out, text(key.Value)); err != nil { // 200 is a text too
			return err
		}
		out.WriteByte(':')
		if err := write(out, n.Content[i+1]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func writeSequence(out *bytes.Buffer, n *yaml.Node) error {
	out.WriteByte('[')
	for i, item := range n.Content {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := write(out, item); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func writeScalar(out *bytes.Buffer, n *yaml.Node) error {
	var value any
	if err := n.Decode(&value); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	if _, timestamp := value.(json.Marshaler); timestamp {
		value = n.Value
	}
	scalar, err := httpx.JSON(value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	out.Write(scalar)
	return nil
}
