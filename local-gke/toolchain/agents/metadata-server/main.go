// The metadata server of a local GKE's node: it gives a pod access tokens of
// the pod's Kubernetes ServiceAccount, as GKE's does with Workload Identity
// Federation.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// What the server knows of its cluster, of a file that the local GKE writes again when it changes.
type cluster struct {
	ProjectID     string `json:"projectId"`
	ProjectNumber string `json:"projectNumber"`
	// Empty where the cluster has no Workload Identity Federation.
	WorkloadPool string `json:"workloadPool"`
}

func readCluster(file string) (cluster, error) {
	var read cluster
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	return read, err
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig of the node")
	node := flag.String("node", "", "name of the node")
	listen := flag.String("listen", "169.254.169.254:80", "address to serve")
	config := flag.String("cluster", "", "file with what the server knows of the cluster")
	key := flag.String("key", "", "file with the key that signs tokens")
	flag.Parse()

	clientConfig, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}
	client, err := rest.HTTPClientFor(clientConfig)
	if err != nil {
		log.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}
	client.Timeout = 5 * time.Second
	pods := &podsOfNode{client: client, api: clientConfig.Host, node: *node}
	listener, err := net.Listen("tcp4", *listen)
	if err != nil {
		log.Fatalf("--listen=%q: %v", *listen, err)
	}
	server := &http.Server{
		Handler: &metadata{
			cluster:        func() (cluster, error) { return readCluster(*config) },
			key:            func() ([]byte, error) { return os.ReadFile(*key) },
			serviceAccount: pods.serviceAccount,
			now:            time.Now,
		},
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.Serve(listener))
}
