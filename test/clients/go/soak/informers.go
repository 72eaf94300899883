package main

import (
	"context"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// runInformers keeps caches of all kinds, and tells what they hold each time that it is asked `state`.
func runInformers(ctx context.Context, config *rest.Config, commands <-chan string) error {
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	typed := informers.NewSharedInformerFactoryWithOptions(clientset, 0, informers.WithNamespace(namespace))
	custom := dynamicinformer.NewFilteredDynamicSharedInformerFactory(dynamicClient, 0, namespace, nil)
	caches := map[string]cache.SharedIndexInformer{
		"configmaps":   typed.Core().V1().ConfigMaps().Informer(),
		"leases":       typed.Coordination().V1().Leases().Informer(),
		"deployments":  typed.Apps().V1().Deployments().Informer(),
		"clusterroles": typed.Rbac().V1().ClusterRoles().Informer(),
		"widgets":      custom.ForResource(widgets).Informer(),
	}
	for resource, informer := range caches {
		if _, err := informer.AddEventHandler(handlerOf(resource)); err != nil {
			return err
		}
	}
	typed.Start(ctx.Done())
	custom.Start(ctx.Done())
	for command := range commands {
		if command == "state" {
			tell("state", stateOf(caches))
		}
	}
	return nil
}

// handlerOf tells of each event of one resource.
func handlerOf(resource string) cache.ResourceEventHandler {
	tellEvent := func(event string, object any) {
		if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = unknown.Obj
		}
		if accessor, err := meta.Accessor(object); err == nil {
			tell("event", map[string]string{"resource": resource, "type": event, "name": accessor.GetName(), "version": accessor.GetResourceVersion()})
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(added any) { tellEvent("ADDED", added) },
		UpdateFunc: func(_, updated any) { tellEvent("MODIFIED", updated) },
		DeleteFunc: func(deleted any) { tellEvent("DELETED", deleted) },
	}
}

// stateOf gives the version of each object by its name, by resource. Of what has not been synced yet, nothing.
func stateOf(caches map[string]cache.SharedIndexInformer) map[string]map[string]string {
	state := map[string]map[string]string{}
	for resource, informer := range caches {
		if !informer.HasSynced() {
			continue
		}
		versions := map[string]string{}
		for _, object := range informer.GetStore().List() {
			if accessor, err := meta.Accessor(object); err == nil {
				versions[accessor.GetName()] = accessor.GetResourceVersion()
			}
		}
		state[resource] = versions
	}
	return state
}
