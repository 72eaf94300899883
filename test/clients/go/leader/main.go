// Leader election among replicas: says when it begins to lead, and goes on until it is ended.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"inpod.test/clients/steps"
)

func main() {
	config, err := rest.InClusterConfig()
	if err != nil {
		steps.Fail(err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		steps.Fail(err)
	}
	identity, err := os.Hostname()
	if err != nil {
		steps.Fail(err)
	}
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: steps.Namespace(), Name: "leader"},
		Client:     clientset.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
	}
	fmt.Println("candidate", identity)
	leaderelection.RunOrDie(context.Background(), leaderelection.LeaderElectionConfig{
		Lock:          lock,
		LeaseDuration: 3 * time.Second,
		RenewDeadline: 2 * time.Second,
		RetryPeriod:   500 * time.Millisecond,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { fmt.Println("leads", identity) },
			OnStoppedLeading: func() { steps.Fail(fmt.Errorf("%s no longer leads", identity)) },
		},
	})
}
