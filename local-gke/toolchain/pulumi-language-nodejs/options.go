// Pulumi's Node.js language host: the published one's own files, which the
// build puts beside this one. Its version takes a project's options as flags,
// where the CLI tells them with each request: so they are read from Pulumi.yaml.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"gopkg.in/yaml.v3"
)

// projectFiles are the names that a project's file may have. The CLI starts the host in its folder.
var projectFiles = []string{"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"}

func init() {
	for _, file := range projectFiles {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			var flags []string
			if flags, err = optionFlags(text); err == nil {
				os.Args = append(append([]string{os.Args[0]}, flags...), os.Args[1:]...)
			}
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: the project's options are not used: %v\n", file, err)
		}
		return
	}
}

// optionFlags are the host's flags for the options in a project's file.
func optionFlags(project []byte) ([]string, error) {
	var read struct{ Runtime any }
	if err := yaml.Unmarshal(project, &read); err != nil {
		return nil, err
	}
	runtime, _ := read.Runtime.(map[string]any)
	options, _ := runtime["options"].(map[string]any)
	var flags []string
	for _, name := range []string{"typescript", "tsconfig", "nodeargs"} {
		if value := options[name]; value != nil {
			flags = append(flags, fmt.Sprintf("-%s=%v", name, value))
		}
	}
	return flags, nil
}
