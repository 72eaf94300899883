// A shared informer that counts what it sees, for as many seconds as the first argument says.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
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

const name = "informer"

type counts struct{ added, updated, deleted, failures atomic.Int64 }

func main() {
	seconds, err := time.ParseDuration(os.Args[1] + "s")
	if err != nil {
		steps.Fail(err)
	}
	interrupted, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(interrupted, seconds)
	defer cancel()
	config, err := rest.InClusterConfig()
	if err != nil {
		steps.Fail(err)
	}
	config.QPS, config.Burst = 50, 100
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		steps.Fail(err)
	}
	namespace := steps.Namespace()
	counted := startInformer(ctx, clientset, namespace)
	leading := make(chan struct{})
	terms := atomic.Int64{}
	elected := make(chan struct{})
	go func() {
		defer close(elected)
		lead(ctx, clientset, namespace, func() {
			if terms.Add(1) == 1 {
				close(leading)
			}
		})
	}()
	select {
	case <-leading:
	case <-ctx.Done():
		steps.Fail(fmt.Errorf("never led: %w", ctx.Err()))
	}
	rounds := change(ctx, clientset, namespace)
	<-elected
	steps.Report("informer", map[string]any{
		"rounds": rounds, "added": counted.added.Load(), "updated": counted.updated.Load(), "deleted": counted.deleted.Load(),
		"failures": counted.failures.Load(), "terms": terms.Load(),
	}, nil)
}

func startInformer(ctx context.Context, clientset kubernetes.Interface, namespace string) *counts {
	counted := &counts{}
	factory := informers.NewSharedInformerFactoryWithOptions(clientset, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	mine := func(object any) bool {
		configMap, ok := object.(*corev1.ConfigMap)
		return ok && configMap.Name == name
	}
	err := informer.SetWatchErrorHandler(func(_ *cache.Reflector, err error) {
		counted.failures.Add(1)
		fmt.Fprintln(os.Stderr, err)
	})
	if err != nil {
		steps.Fail(err)
	}
	_, err = informer.AddEventHandler(cache.FilteringResourceEventHandler{FilterFunc: mine, Handler: cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { counted.added.Add(1) },
		UpdateFunc: func(any, any) { counted.updated.Add(1) },
		DeleteFunc: func(any) { counted.deleted.Add(1) },
	}})
	if err != nil {
		steps.Fail(err)
	}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			steps.Fail(fmt.Errorf("the cache of %v never synced", kind))
		}
	}
	return counted
}

// change makes, alters and deletes one ConfigMap a round, until a second before the end: the informer must see each of them.
func change(ctx context.Context, clientset kubernetes.Interface, namespace string) int {
	configMaps := clientset.CoreV1().ConfigMaps(namespace)
	end, _ := ctx.Deadline()
	rounds := 0
	for time.Until(end) > time.Second && ctx.Err() == nil {
		configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"value": "one"}}
		created, err := configMaps.Create(ctx, configMap, metav1.CreateOptions{})
		if err == nil {
			created.Data["value"] = "two"
			_, err = configMaps.Update(ctx, created, metav1.UpdateOptions{})
		}
		if err == nil {
			err = configMaps.Delete(ctx, name, metav1.DeleteOptions{})
		}
		if err != nil {
			steps.Fail(err)
		}
		rounds++
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return rounds
}

func lead(ctx context.Context, clientset kubernetes.Interface, namespace string, started func()) {
	identity, err := os.Hostname()
	if err != nil {
		steps.Fail(err)
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: name},
			Client:     clientset.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		},
		LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 500 * time.Millisecond,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { started() },
			OnStoppedLeading: func() {},
		},
	})
}
