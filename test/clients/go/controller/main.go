// A manager of controller-runtime with leader election: prints what its cache tells of ConfigMaps, and what its controller finds.
package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	toolscache "k8s.io/client-go/tools/cache"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"inpod.test/clients/steps"
)

func main() {
	ctrl.SetLogger(zap.New())
	ctx, cancel := context.WithTimeout(context.Background(), steps.SoakLimit())
	defer cancel()
	config, err := ctrl.GetConfig()
	if err != nil {
		steps.Fail(err)
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Cache:            cache.Options{DefaultNamespaces: map[string]cache.Config{steps.Namespace(): {}}},
		LeaderElection:   true,
		LeaderElectionID: "soak",
		Metrics:          server.Options{BindAddress: "0"},
	})
	if err != nil {
		steps.Fail(err)
	}
	if err := printEvents(ctx, mgr); err != nil {
		steps.Fail(err)
	}
	if err := ctrl.NewControllerManagedBy(mgr).For(&corev1.ConfigMap{}).Complete(findState(mgr)); err != nil {
		steps.Fail(err)
	}
	// Runs once it leads.
	err = mgr.Add(manager.RunnableFunc(func(context.Context) error {
		steps.Led("LEADING")
		return nil
	}))
	if err != nil {
		steps.Fail(err)
	}
	// It ends with an error when the lease is lost.
	if err := mgr.Start(ctx); err != nil {
		steps.Fail(err)
	}
	steps.Fail(fmt.Errorf("never saw the end: %w", ctx.Err()))
}

func printEvents(ctx context.Context, mgr manager.Manager) error {
	informer, err := mgr.GetCache().GetInformer(ctx, &corev1.ConfigMap{}, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(added any) { steps.Saw("ADDED", added.(*corev1.ConfigMap)) },
		UpdateFunc: func(_, updated any) { steps.Saw("MODIFIED", updated.(*corev1.ConfigMap)) },
		DeleteFunc: func(deleted any) {
			if unknown, ok := deleted.(toolscache.DeletedFinalStateUnknown); ok {
				deleted = unknown.Obj
			}
			steps.Saw("DELETED", deleted.(*corev1.ConfigMap))
		},
	})
	return err
}

func findState(mgr manager.Manager) reconcile.Reconciler {
	return reconcile.Func(func(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
		if !strings.HasPrefix(request.Name, "soak-") {
			return ctrl.Result{}, nil
		}
		var configMap corev1.ConfigMap
		err := mgr.GetClient().Get(ctx, request.NamespacedName, &configMap)
		if err != nil && !apierrors.IsNotFound(err) {
			return ctrl.Result{}, err
		}
		steps.Found(request.Name, err == nil, configMap.Data["value"])
		return ctrl.Result{}, nil
	})
}
