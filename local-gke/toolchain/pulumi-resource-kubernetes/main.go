// The Kubernetes provider plugin: the published provider's packages behind a
// main of our own, because a module cannot embed another module's files. The
// build puts schema.json and terraform-mapping.json beside this file.
package main

import (
	_ "embed"
	"encoding/json"
	"log"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	var pkg map[string]any
	if err := json.Unmarshal(schema, &pkg); err != nil {
		log.Fatalf("schema.json of the Kubernetes provider: %v", err)
	}
	pkg["version"] = version.Version
	versioned, err := json.Marshal(pkg)
	if err != nil {
		log.Fatalf("schema.json of the Kubernetes provider: %v", err)
	}
	provider.Serve("kubernetes", version.Version, versioned, terraformMapping)
}
