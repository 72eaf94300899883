package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// attempt is a write that may be made again until it is known whether it was done.
type attempt func() (*unstructured.Unstructured, error)

// change creates an object of this writer's own, or changes or deletes it.
func (w *writer) change(ctx context.Context, resource schema.GroupVersionResource, name string) {
	client := w.dynamic.Resource(resource).Namespace(namespace)
	known := w.objects[resource.Resource+name]
	object := w.newObject(resource, name)
	stamp := object.GetAnnotations()[stampAnnotation]
	if known == nil {
		w.carryOut(ctx, resource, name, stamp, func() (*unstructured.Unstructured, error) {
			return client.Create(ctx, object, metav1.CreateOptions{})
		})
		return
	}
	object.SetResourceVersion(known.GetResourceVersion())
	switch rand.IntN(10) {
	case 0:
		w.remove(ctx, resource, known)
	case 1, 2, 3:
		w.carryOut(ctx, resource, name, stamp, func() (*unstructured.Unstructured, error) {
			return client.Apply(ctx, name, object, metav1.ApplyOptions{FieldManager: w.name, Force: true})
		})
	case 4, 5, 6:
		patch, _ := json.Marshal(object)
		w.carryOut(ctx, resource, name, stamp, func() (*unstructured.Unstructured, error) {
			return client.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
		})
	default:
		w.carryOut(ctx, resource, name, stamp, func() (*unstructured.Unstructured, error) {
			return client.Update(ctx, object, metav1.UpdateOptions{})
		})
	}
}

func (w *writer) newObject(resource schema.GroupVersionResource, name string) *unstructured.Unstructured {
	stamp := w.stamp()
	kind, content := "ConfigMap", "data"
	if resource == widgets {
		kind, content = "Widget", "spec"
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": resource.GroupVersion().String(),
		"kind":       kind,
		"metadata": map[string]any{
			"name":        name,
			"labels":      map[string]any{"shard": string("abc"[rand.IntN(3)])},
			"annotations": map[string]any{stampAnnotation: stamp},
		},
		content: map[string]any{"value": stamp},
	}}
}

// carryOut makes a write until it is acknowledged, or until it is seen that an earlier attempt has been carried out.
func (w *writer) carryOut(ctx context.Context, resource schema.GroupVersionResource, name, stamp string, write attempt) {
	written, err := insist(write)
	if apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) {
		found, getErr := insist(func() (*unstructured.Unstructured, error) {
			return w.dynamic.Resource(resource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		})
		if getErr == nil && found.GetAnnotations()[stampAnnotation] == stamp {
			written, err = found, nil
		}
	}
	if err != nil {
		tell("problem", fmt.Sprintf("write of %s %s: %v", resource.Resource, name, err))
		return
	}
	w.objects[resource.Resource+name] = written
	tell("wrote", map[string]string{
		"resource": resource.Resource, "name": name, "stamp": written.GetAnnotations()[stampAnnotation], "version": written.GetResourceVersion(),
	})
}

func (w *writer) remove(ctx context.Context, resource schema.GroupVersionResource, known *unstructured.Unstructured) {
	uid, version := known.GetUID(), known.GetResourceVersion()
	options := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}}
	_, err := insist(func() (*unstructured.Unstructured, error) {
		return nil, w.dynamic.Resource(resource).Namespace(namespace).Delete(ctx, known.GetName(), options)
	})
	// It is gone if an earlier attempt has done it.
	if err != nil && !apierrors.IsNotFound(err) {
		tell("problem", fmt.Sprintf("delete of %s %s: %v", resource.Resource, known.GetName(), err))
		return
	}
	delete(w.objects, resource.Resource+known.GetName())
	tell("deleted", map[string]string{"resource": resource.Resource, "name": known.GetName(), "uid": string(uid)})
}

// insist makes a request again until it is answered.
func insist(request attempt) (*unstructured.Unstructured, error) {
	for {
		object, err := request()
		if err == nil || apierrors.IsConflict(err) || !mayRetry(err) {
			return object, err
		}
		tell("retried", true)
		time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
	}
}
