// Package pods is a program that runs in a Pod.
package pods

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
)

func names(ctx context.Context, config *rest.Config, namespace string) ([]string, error) {
	client, err := corev1.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	pods, err := client.Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(pods.Items))
	for _, pod := range pods.Items {
		names = append(names, pod.Name)
	}
	return names, nil
}
