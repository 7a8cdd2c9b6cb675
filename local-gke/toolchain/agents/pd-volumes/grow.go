package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	corev1informers "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// grower gives a claim that asks for more than it has the larger volume, as the
// resizer beside a CSI driver does. Kubernetes itself checks that the class
// allows expansion and that nothing shrinks.
type grower struct {
	client kubernetes.Interface
	claims corev1informers.PersistentVolumeClaimInformer
	queue  workqueue.TypedRateLimitingInterface[string]
}

func newGrower(client kubernetes.Interface, claims corev1informers.PersistentVolumeClaimInformer) *grower {
	g := &grower{
		client: client,
		claims: claims,
		queue:  workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]()),
	}
	enqueue := func(object any) {
		if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
			g.queue.Add(key)
		}
	}
	_, err := claims.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, updated any) { enqueue(updated) },
	})
	if err != nil {
		klog.Fatalf("watching claims: %v", err)
	}
	return g
}

func (g *grower) run(ctx context.Context) {
	if !cache.WaitForCacheSync(ctx.Done(), g.claims.Informer().HasSynced) {
		return
	}
	go func() {
		<-ctx.Done()
		g.queue.ShutDown()
	}()
	for {
		key, stopped := g.queue.Get()
		if stopped {
			return
		}
		if err := g.grow(ctx, key); err != nil {
			klog.Errorf("growing the volume of claim %s: %v", key, err)
			g.queue.AddRateLimited(key)
		} else {
			g.queue.Forget(key)
		}
		g.queue.Done(key)
	}
}

func (g *grower) grow(ctx context.Context, key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return err
	}
	claim, err := g.claims.Lister().PersistentVolumeClaims(namespace).Get(name)
	if err != nil || claim.Status.Phase != corev1.ClaimBound {
		return nil // gone, or not bound yet: its next event brings it back
	}
	wanted := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if held := claim.Status.Capacity[corev1.ResourceStorage]; wanted.Cmp(held) <= 0 {
		return nil
	}
	volume, err := g.client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if volume.Annotations["pv.kubernetes.io/provisioned-by"] != driverName {
		return nil
	}
	capacity := map[string]any{"capacity": map[string]string{"storage": wanted.String()}}
	patch, err := json.Marshal(map[string]any{"spec": capacity})
	if err != nil {
		return err
	}
	if _, err := g.client.CoreV1().PersistentVolumes().Patch(ctx, volume.Name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("volume %s: %w", volume.Name, err)
	}
	patch, err = json.Marshal(map[string]any{"status": capacity})
	if err != nil {
		return err
	}
	_, err = g.client.CoreV1().PersistentVolumeClaims(namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	if err == nil {
		klog.Infof("claim %s: volume %s grown to %s at %s", key, volume.Name, wanted.String(), time.Now().Format(time.RFC3339))
	}
	return err
}
