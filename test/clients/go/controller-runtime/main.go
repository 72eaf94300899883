// A manager with leader election, a cache and one controller for ConfigMaps; the steps run as a runnable once it leads.
package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"inpod.test/clients/steps"
)

const name = "controller-runtime"

func main() {
	ctrl.SetLogger(zap.New())
	ctx, cancel := context.WithTimeout(ctrl.SetupSignalHandler(), 30*time.Second)
	defer cancel()
	config, err := ctrl.GetConfig()
	if err != nil {
		steps.Fail(err)
	}
	namespace := steps.Namespace()
	direct, err := client.New(config, client.Options{})
	if err != nil {
		steps.Fail(err)
	}

	var pods corev1.PodList
	err = direct.List(ctx, &pods, client.InNamespace(namespace))
	if err != nil {
		steps.Report("list-pods", nil, err)
		reportRefusals(ctx, direct, namespace)
		return
	}
	steps.Report("list-pods", map[string]any{"count": len(pods.Items)}, nil)

	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Cache:                         cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
		LeaderElection:                true,
		LeaderElectionID:              "controller-runtime",
		LeaderElectionReleaseOnCancel: true,
		Metrics:                       server.Options{BindAddress: "0"},
	})
	if err != nil {
		steps.Fail(err)
	}
	seen := make(chan corev1.ConfigMap, 16)
	if err := watchConfigMaps(mgr, seen); err != nil {
		steps.Fail(err)
	}
	err = mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		defer cancel()
		steps.Report("lead", nil, nil)
		changeConfigMap(ctx, mgr.GetClient(), namespace, seen)
		return nil
	}))
	if err != nil {
		steps.Fail(err)
	}
	if err := mgr.Start(ctx); err != nil {
		steps.Fail(err)
	}
}

func watchConfigMaps(mgr manager.Manager, seen chan<- corev1.ConfigMap) error {
	reconcile := func(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
		var configMap corev1.ConfigMap
		err := mgr.GetClient().Get(ctx, request.NamespacedName, &configMap)
		if err == nil && request.Name == name {
			seen <- configMap
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	return ctrl.NewControllerManagedBy(mgr).For(&corev1.ConfigMap{}).Complete(reconcileFunc(reconcile))
}

type reconcileFunc func(context.Context, ctrl.Request) (ctrl.Result, error)

func (f reconcileFunc) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	return f(ctx, request)
}

func newConfigMap(namespace string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Data: map[string]string{"value": "one"}}
}

func changeConfigMap(ctx context.Context, cached client.Client, namespace string, seen <-chan corev1.ConfigMap) {
	configMap := newConfigMap(namespace)
	steps.Report("create-configmap", nil, cached.Create(ctx, configMap))
	configMap.Data["value"] = "two"
	steps.Report("update-configmap", nil, cached.Update(ctx, configMap))
	facts, err := waitForValue(ctx, seen, "two")
	steps.Report("watch-configmaps", facts, err)
	steps.Report("delete-configmap", nil, cached.Delete(ctx, configMap))
}

func waitForValue(ctx context.Context, seen <-chan corev1.ConfigMap, value string) (map[string]any, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the cache never saw the value %q: %w", value, ctx.Err())
		case configMap := <-seen:
			if configMap.Data["value"] == value {
				return map[string]any{"event": "RECONCILED", "name": configMap.Name, "value": value}, nil
			}
		}
	}
}

// reportRefusals asks without a cache: a cache retries what is forbidden until its time is over.
func reportRefusals(ctx context.Context, direct client.Client, namespace string) {
	configMap := newConfigMap(namespace)
	steps.Report("create-configmap", nil, direct.Create(ctx, configMap))
	steps.Report("update-configmap", nil, direct.Update(ctx, configMap))
	steps.Report("delete-configmap", nil, direct.Delete(ctx, configMap))
}
