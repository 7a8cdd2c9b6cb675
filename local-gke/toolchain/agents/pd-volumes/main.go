// The local GKE's side of pd.csi.storage.gke.io: a persistent disk is a folder
// of the machine, bound to a zone as a disk is, so that it follows its pod to
// any node of that zone.
package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const driverName = "pd.csi.storage.gke.io"

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig of the cluster")
	disks := flag.String("disks", "", "folder that holds the disks, one folder a zone")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		klog.Fatalf("--kubeconfig=%q: %v", *kubeconfig, err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	informerFactory := informers.NewSharedInformerFactory(client, 10*time.Minute)
	claims := informerFactory.Core().V1().PersistentVolumeClaims()
	grower := newGrower(client, claims)
	provisioner := controller.NewProvisionController(ctx, client, driverName, &disksOfZones{client: client, root: *disks},
		controller.LeaderElection(false),
		controller.ClaimsInformer(claims.Informer()),
		controller.MetricsPort(0),
	)
	informerFactory.Start(ctx.Done())
	go grower.run(ctx)
	provisioner.Run(ctx)
}
