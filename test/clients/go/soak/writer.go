package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
)

const (
	stampAnnotation = "soak.example.com/stamp"
	countAnnotation = "soak.example.com/count"
	byPrefix        = "soak.example.com/by-"
)

// patience is that of who shares a counter with many, on a server that is gone now and then.
var patience = wait.Backoff{Steps: 1000, Duration: 20 * time.Millisecond, Jitter: 1}

// writer changes objects of its own through the dynamic client, and counters that others count in too through the typed one (protobuf).
type writer struct {
	name      string
	clientset kubernetes.Interface
	dynamic   dynamic.Interface
	count     int
	objects   map[string]*unstructured.Unstructured
}

func runWriter(ctx context.Context, config *rest.Config, commands <-chan string) error {
	config.Timeout = 15 * time.Second
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	rate, err := strconv.ParseFloat(os.Getenv("SOAK_RATE"), 64)
	if err != nil {
		return fmt.Errorf("SOAK_RATE: %w", err)
	}
	w := &writer{name: os.Getenv("SOAK_WRITER"), clientset: clientset, dynamic: dynamicClient, objects: map[string]*unstructured.Unstructured{}}
	ticks := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer ticks.Stop()
	for {
		select {
		case command, open := <-commands:
			for open && command == "pause" {
				tell("paused", true)
				command, open = <-commands
			}
			if !open {
				return nil
			}
		case <-ticks.C:
			w.write(ctx)
		}
	}
}

func (w *writer) write(ctx context.Context) {
	if rand.IntN(4) == 0 {
		w.countOne(ctx)
		return
	}
	resource := []schema.GroupVersionResource{{Version: "v1", Resource: "configmaps"}, widgets}[rand.IntN(2)]
	w.change(ctx, resource, fmt.Sprintf("%s-%d", w.name, rand.IntN(6)))
}

func (w *writer) stamp() string {
	w.count++
	return fmt.Sprintf("%s-%d", w.name, w.count)
}

// countOne adds one to a counter, as operators do.
func (w *writer) countOne(ctx context.Context) {
	name := fmt.Sprintf("counter-%d", rand.IntN(2))
	configMaps := w.clientset.CoreV1().ConfigMaps(namespace)
	stamp := w.stamp()
	mine := -1
	err := retry.OnError(patience, mayRetry, func() error {
		read, err := configMaps.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if mine < 0 {
			mine = number(read, byPrefix+w.name)
		}
		// An attempt that was not answered may have been carried out.
		if number(read, byPrefix+w.name) > mine {
			w.tellCounted(read, stamp)
			return nil
		}
		read.Annotations[countAnnotation] = strconv.Itoa(number(read, countAnnotation) + 1)
		read.Annotations[byPrefix+w.name] = strconv.Itoa(mine + 1)
		read.Annotations[stampAnnotation] = stamp
		updated, err := configMaps.Update(ctx, read, metav1.UpdateOptions{})
		if err == nil {
			w.tellCounted(updated, stamp)
		} else if apierrors.IsConflict(err) {
			tell("conflict", true)
		}
		return err
	})
	if err != nil {
		tell("problem", fmt.Sprintf("count in %s: %v", name, err))
	}
}

func (w *writer) tellCounted(counter *corev1.ConfigMap, stamp string) {
	wrote := map[string]string{"resource": "configmaps", "name": counter.Name, "stamp": stamp}
	// Else others have counted since.
	if counter.Annotations[stampAnnotation] == stamp {
		wrote["version"] = counter.ResourceVersion
	}
	tell("wrote", wrote)
	tell("counted", map[string]string{"resource": "configmaps", "name": counter.Name})
}

func number(counter *corev1.ConfigMap, annotation string) int {
	value, _ := strconv.Atoi(counter.Annotations[annotation])
	return value
}

// mayRetry says of which errors an operator would try again: conflicts, and whatever passes.
func mayRetry(err error) bool {
	if apierrors.IsConflict(err) || apierrors.IsTooManyRequests(err) || apierrors.IsServiceUnavailable(err) {
		return true
	}
	_, isAnswer := err.(apierrors.APIStatus)
	return !isAnswer
}
