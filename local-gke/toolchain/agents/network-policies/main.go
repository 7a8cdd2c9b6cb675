// The local GKE's enforcement of NetworkPolicies on one node: the verdicts on new
// connections between pods, by the rules of SIG Network's own implementation.
//
// That implementation queues packets with nftables. Kernels without nft_queue
// have xt_NFQUEUE, and the node queues them with a rule of iptables (node.ts).
package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig of the cluster")
	node := flag.String("node", "", "name of the node")
	queue := flag.Int("queue", 100, "number of the queue with the packets to judge")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		klog.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	informerFactory := informers.NewSharedInformerFactory(client, 0)
	controller, err := networkpolicy.NewController(client,
		informerFactory.Networking().V1().NetworkPolicies(),
		informerFactory.Core().V1().Namespaces(),
		informerFactory.Core().V1().Pods(),
		nil, nil, nil, nil,
		// With NRIdisabled, v0.8.0 panics at an address of no pod. Without a containerd that has NRI, which Debian 12's
		// has not, the addresses of pods come from the API server.
		networkpolicy.Config{QueueID: *queue, NodeName: *node},
	)
	if err != nil {
		klog.Fatalf("node %s: %v", *node, err)
	}
	informerFactory.Start(ctx.Done())
	if err := controller.Run(ctx); err != nil {
		klog.Fatalf("node %s: %v", *node, err)
	}
}
