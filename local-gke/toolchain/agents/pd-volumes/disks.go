package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// The names that the provisioner library gives to volumes. Nothing else is
// ever removed from the disks' folder.
var volumeName = regexp.MustCompile(`^pvc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// disksOfZones creates and deletes disks.
type disksOfZones struct {
	client kubernetes.Interface
	root   string
}

// Provision makes a disk in the zone of the node that the scheduler chose.
func (d *disksOfZones) Provision(ctx context.Context, options controller.ProvisionOptions) (*corev1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	if mode := claim.Spec.VolumeMode; mode != nil && *mode == corev1.PersistentVolumeBlock {
		return nil, controller.ProvisioningFinished, fmt.Errorf("claim %s/%s: volumeMode Block: the local GKE has file system volumes only", claim.Namespace, claim.Name)
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode == corev1.ReadWriteMany {
			return nil, controller.ProvisioningFinished, fmt.Errorf("claim %s/%s: access mode %s: a persistent disk is mounted by one node; use ReadWriteOnce", claim.Namespace, claim.Name, mode)
		}
	}
	zone, err := d.zone(ctx, options.SelectedNodeName)
	if err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	path := filepath.Join(d.root, zone, options.PVName)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: corev1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			MountOptions:                  options.StorageClass.MountOptions,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{zone},
				}},
			}}}},
		},
	}
	return volume, controller.ProvisioningFinished, nil
}

// Delete removes a disk whose claim is gone and whose class says Delete.
func (d *disksOfZones) Delete(_ context.Context, volume *corev1.PersistentVolume) error {
	if volume.Spec.Local == nil || !volumeName.MatchString(volume.Name) {
		return &controller.IgnoredError{Reason: "it is no disk of the local GKE"}
	}
	path := volume.Spec.Local.Path
	if filepath.Base(path) != volume.Name || filepath.Dir(filepath.Dir(path)) != filepath.Clean(d.root) {
		return &controller.IgnoredError{Reason: fmt.Sprintf("%s is not below %s", path, d.root)}
	}
	return os.RemoveAll(path)
}

func (d *disksOfZones) zone(ctx context.Context, nodeName string) (string, error) {
	if nodeName == "" {
		return "", fmt.Errorf("no node was selected: the StorageClass must have volumeBindingMode WaitForFirstConsumer")
	}
	node, err := d.client.CoreV1().Nodes().Get(ctx, nodeName, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	zone := node.Labels[corev1.LabelTopologyZone]
	if zone == "" || zone != filepath.Base(zone) {
		return "", fmt.Errorf("node %s: label %s is %q, which names no zone", nodeName, corev1.LabelTopologyZone, zone)
	}
	return zone, nil
}
