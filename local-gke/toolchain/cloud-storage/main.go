// The local GKE's Cloud Storage: the JSON API of fake-gcs-server, behind what
// Google checks first: who asks, what the bucket's policy allows, and how long
// objects must stay.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to serve")
	root := flag.String("root", "", "folder with the buckets, their objects and the key of the tokens")
	link := flag.String("url", "", "what links in answers begin with")
	flag.Parse()

	store, err := openStore(*root, *link)
	if err != nil {
		log.Fatalf("--root=%q: %v", *root, err)
	}
	key, err := readKey(*root)
	if err != nil {
		log.Fatalf("--root=%q: %v", *root, err)
	}
	server := &http.Server{
		Addr:              *listen,
		Handler:           &api{store: store, key: key, now: time.Now},
		ReadHeaderTimeout: 30 * time.Second,
	}
	log.Printf("serving %s on %s", *root, *listen)
	log.Fatal(server.ListenAndServe())
}
