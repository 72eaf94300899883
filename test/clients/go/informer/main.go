// A shared informer and leader election: prints what it sees of ConfigMaps, until it sees the last of them.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"inpod.test/clients/steps"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), steps.SoakLimit())
	defer cancel()
	config, err := rest.InClusterConfig()
	if err != nil {
		steps.Fail(err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		steps.Fail(err)
	}
	namespace := steps.Namespace()
	go lead(ctx, clientset, namespace)
	startInformer(ctx, clientset, namespace)
	<-ctx.Done()
	steps.Fail(fmt.Errorf("never saw the end: %w", ctx.Err()))
}

func startInformer(ctx context.Context, clientset kubernetes.Interface, namespace string) {
	factory := informers.NewSharedInformerFactoryWithOptions(clientset, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(added any) { steps.Saw("ADDED", added.(*corev1.ConfigMap)) },
		UpdateFunc: func(_, updated any) { steps.Saw("MODIFIED", updated.(*corev1.ConfigMap)) },
		DeleteFunc: func(deleted any) {
			if unknown, ok := deleted.(cache.DeletedFinalStateUnknown); ok {
				deleted = unknown.Obj
			}
			steps.Saw("DELETED", deleted.(*corev1.ConfigMap))
		},
	}
	if _, err := informer.AddEventHandler(handler); err != nil {
		steps.Fail(err)
	}
	factory.Start(ctx.Done())
}

func lead(ctx context.Context, clientset kubernetes.Interface, namespace string) {
	identity, err := os.Hostname()
	if err != nil {
		steps.Fail(err)
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: "soak"},
			Client:     clientset.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		},
		LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 2 * time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { steps.Led("LEADING") },
			OnStoppedLeading: func() { steps.Led("STOPPED") },
		},
	})
}
