package openapi

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// The extensions by which the parts say what the document repeats. They are not in it.
const (
	// alsoAt, in a path, lists other paths at which the very same lies, each with what
	// its operationIds end with.
	alsoAt = "x-also-at"
	// alsoHead, true in a get, says that HEAD is answered in the same way.
	alsoHead = "x-also-head"
)

// expand writes out what the extensions stand for.
func expand(paths *yaml.Node) error {
	written := paths.Content
	paths.Content = nil
	for i := 0; i < len(written); i += 2 {
		name, item := written[i].Value, written[i+1]
		if item.Kind != yaml.MappingNode {
			return fmt.Errorf("%s is no mapping", name)
		}
		others := take(item, alsoAt)
		addHead(item)
		if err := addPath(paths, name, item); err != nil {
			return err
		}
		if others == nil {
			continue
		}
		for j := 0; j < len(others.Content); j += 2 {
			other := resolve(item)
			renameOperations(other, others.Content[j+1].Value)
			if err := addPath(paths, others.Content[j].Value, other); err != nil {
				return err
			}
		}
	}
	return nil
}

func addPath(paths *yaml.Node, name string, item *yaml.Node) error {
	if value(paths, name) != nil {
		return fmt.Errorf("%s is there already", name)
	}
	set(paths, name, item)
	return nil
}

// addHead gives a path the HEAD of its GET: the same answers, without their bodies.
func addHead(item *yaml.Node) {
	get := value(item, "get")
	if get == nil {
		return
	}
	if also := take(get, alsoHead); also == nil || also.Value != "true" {
		return
	}
	head := resolve(get)
	take(head, "description")
	summary := value(head, "summary")
	set(head, "summary", text("Headers of: "+summary.Value))
	renameOperations(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text("head"), head}}, "Head")
	set(item, "head", head)
}

// renameOperations makes the operationIds of a copy differ from those of the original.
func renameOperations(item *yaml.Node, end string) {
	for i := 1; i < len(item.Content); i += 2 {
		if id := value(item.Content[i], "operationId"); id != nil {
			set(item.Content[i], "operationId", text(id.Value+end))
		}
	}
}
