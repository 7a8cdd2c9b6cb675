package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Which fields an answer has: below each one that is selected, all or some.
type selection map[string]selection

var errFields = errors.New("invalid field selection")

// Reads a selection such as nextPageToken,items(name,size) or items/name.
// See https://cloud.google.com/storage/docs/json_api#partial-response
func parseFields(text string) (selection, error) {
	rest := text
	selected, err := parseList(&rest)
	if err != nil || rest != "" {
		return nil, errFields
	}
	return selected, nil
}

func parseList(rest *string) (selection, error) {
	selected := selection{}
	for {
		end := strings.IndexAny(*rest, ",/()")
		if end < 0 {
			end = len(*rest)
		}
		name := (*rest)[:end]
		*rest = (*rest)[end:]
		if name == "" {
			return nil, errFields
		}
		var below selection
		var err error
		switch {
		case strings.HasPrefix(*rest, "("):
			*rest = (*rest)[1:]
			if below, err = parseList(rest); err != nil || !strings.HasPrefix(*rest, ")") {
				return nil, errFields
			}
			*rest = (*rest)[1:]
		case strings.HasPrefix(*rest, "/"):
			*rest = (*rest)[1:]
			if below, err = parsePathOf(rest); err != nil {
				return nil, errFields
			}
		}
		selected[name] = below
		if !strings.HasPrefix(*rest, ",") {
			return selected, nil
		}
		*rest = (*rest)[1:]
	}
}

// Reads what follows a slash: one field, with what is below it.
func parsePathOf(rest *string) (selection, error) {
	end, depth := 0, 0
	for ; end < len(*rest); end++ {
		letter := (*rest)[end]
		if depth == 0 && (letter == ',' || letter == ')') {
			break
		}
		switch letter {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	one := (*rest)[:end]
	*rest = (*rest)[end:]
	return parseFields(one)
}

// The JSON text with the selected fields only, in their order.
func selectFields(text []byte, fields string) ([]byte, error) {
	selected, err := parseFields(fields)
	if err != nil {
		return nil, err
	}
	return selected.of(text)
}

func (s selection) of(text []byte) ([]byte, error) {
	text = bytes.TrimSpace(text)
	if s == nil || len(text) == 0 || (text[0] != '{' && text[0] != '[') {
		return text, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	isList := text[0] == '['
	parts := [][]byte{}
	for decoder.More() {
		below, key := s, []byte{}
		wanted := true
		if !isList {
			token, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			name, _ := token.(string)
			below, wanted = s[name]
			if all, found := s["*"]; found && !wanted {
				below, wanted = all, true
			}
			encoded, err := json.Marshal(name)
			if err != nil {
				return nil, err
			}
			key = append(encoded, ':')
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		if !wanted {
			continue
		}
		inner, err := below.of(value)
		if err != nil {
			return nil, err
		}
		parts = append(parts, append(key, inner...))
	}
	open, end := "{", "}"
	if isList {
		open, end = "[", "]"
	}
	return []byte(open + string(bytes.Join(parts, []byte(","))) + end), nil
}
