// The typed clientset with rest.InClusterConfig, as its in-cluster example shows it: bodies are protobuf.
package main

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"inpod.test/clients/steps"
)

const name = "client-go"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	config, err := rest.InClusterConfig()
	if err != nil {
		steps.Fail(err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		steps.Fail(err)
	}
	core := clientset.CoreV1()
	namespace := steps.Namespace()

	pods, err := core.Pods(namespace).List(ctx, metav1.ListOptions{})
	if err == nil {
		steps.Report("list-pods", map[string]any{"count": len(pods.Items)}, nil)
	} else {
		steps.Report("list-pods", nil, err)
	}

	configMaps := core.ConfigMaps(namespace)
	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"value": "one"}}
	created, err := configMaps.Create(ctx, configMap, metav1.CreateOptions{})
	steps.Report("create-configmap", nil, err)
	if err != nil {
		created = configMap
	}

	watcher, watchErr := configMaps.Watch(ctx, metav1.ListOptions{ResourceVersion: created.ResourceVersion})

	created.Data["value"] = "two"
	_, err = configMaps.Update(ctx, created, metav1.UpdateOptions{})
	steps.Report("update-configmap", nil, err)

	if watchErr == nil {
		facts, err := nextEvent(ctx, watcher.ResultChan())
		steps.Report("watch-configmaps", facts, err)
		watcher.Stop()
	} else {
		steps.Report("watch-configmaps", nil, watchErr)
	}

	steps.Report("delete-configmap", nil, configMaps.Delete(ctx, name, metav1.DeleteOptions{}))
}

func nextEvent(ctx context.Context, events <-chan watch.Event) (map[string]any, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case event, open := <-events:
			if !open {
				return nil, errors.New("the watch ended without an event")
			}
			if object, ok := event.Object.(*corev1.ConfigMap); ok && object.Name == name {
				return map[string]any{"event": event.Type, "name": object.Name, "value": object.Data["value"]}, nil
			}
		}
	}
}
