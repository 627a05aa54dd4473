package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"stepcast/client"
)

// inputMax bounds, in bytes, the file of a task.
const inputMax = 8 << 20

// readInput reads a task from a file, "-" is standard input, as JSON or YAML in the form of
// the schema's SubmitTaskInput. Its errors name the field.
func (e *env) readInput(path string) (client.SubmitInput, error) {
	name, text, err := e.readFile(path)
	if err != nil {
		return client.SubmitInput{}, fail(ExitUsage, err)
	}
	in, err := parseInput(text)
	if err != nil {
		return client.SubmitInput{}, fail(ExitUsage, fmt.Errorf("%s: %w", name, err))
	}
	return in, nil
}

func (e *env) readFile(path string) (name string, text []byte, err error) {
	name, from := filepath.Base(path), e.Stdin
	if path == "-" {
		name = "standard input"
	} else {
		file, err := os.Open(path)
		if err != nil {
			return name, nil, err
		}
		defer file.Close()
		from = file
	}
	text, err = io.ReadAll(io.LimitReader(from, inputMax+1))
	if err == nil && len(text) > inputMax {
		err = fmt.Errorf("%s is larger than %d bytes: that is no task", name, inputMax)
	}
	return name, text, err
}

// parseInput reads JSON, or else YAML, which JSON is a part of but for the numbers: those
// of JSON are kept as they are written.
func parseInput(text []byte) (client.SubmitInput, error) {
	var in client.SubmitInput
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 {
		return in, errors.New("it is empty; write a task with description and steps")
	} else if trimmed[0] != '{' {
		var err error
		if text, err = yamlToJSON(text); err != nil {
			return in, err
		}
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return in, fmt.Errorf("it is not JSON: %w", err)
	}
	if err := checkKeys(tree, reflect.TypeFor[client.SubmitInput](), ""); err != nil {
		return in, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&in); err != nil {
		if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) && wrong.Field != "" {
			return in, fmt.Errorf("%s: it is %s, but must be %s", wrong.Field, article(wrong.Value), kindName(wrong.Type))
		}
		return in, err
	}
	return in, nil
}

// yamlToJSON gives the one document of a YAML text as JSON. Dates stay the texts that they
// are written as.
func yamlToJSON(text []byte) ([]byte, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("it is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds several YAML documents; submit one task at a time")
	}
	keepDates(&document)
	var tree any
	if err := document.Decode(&tree); err != nil {
		return nil, fmt.Errorf("it is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	encoded, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("the keys of an object must be texts: %w", err)
	}
	return encoded, nil
}

func keepDates(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, child := range node.Content {
		keepDates(child)
	}
}

// checkKeys refuses a key that means nothing, which is most often a slip of the pen.
func checkKeys(tree any, form reflect.Type, path string) error {
	for form.Kind() == reflect.Pointer {
		form = form.Elem()
	}
	switch tree := tree.(type) {
	case []any:
		if form.Kind() != reflect.Slice {
			return nil // the decoder refuses it
		}
		for i, element := range tree {
			if err := checkKeys(element, form.Elem(), fmt.Sprintf("%s.%d", path, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		if form.Kind() != reflect.Struct {
			return nil
		}
		fields := fieldsOf(form)
		for key, value := range tree {
			field, known := fields[key]
			where := strings.TrimPrefix(path+"."+key, ".")
			if !known {
				return fmt.Errorf("%s: there is no such field; there are %s", where, names(form))
			}
			if err := checkKeys(value, field, where); err != nil {
				return err
			}
		}
	}
	return nil
}

// fieldsOf are the fields of a struct by their names in JSON.
func fieldsOf(form reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range form.NumField() {
		fields[nameOf(form.Field(i))] = form.Field(i).Type
	}
	return fields
}

func nameOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

func names(form reflect.Type) string {
	all := make([]string, form.NumField())
	for i := range all {
		all[i] = nameOf(form.Field(i))
	}
	return strings.Join(all, ", ")
}

// kindName is what JSON calls a type.
func kindName(form reflect.Type) string {
	switch form.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return article(form.String())
}

// article puts a or an before a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
