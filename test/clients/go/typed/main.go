// Objects of many kinds through the typed clientset, so that both sides must agree on their protobuf; then the clientset's
// other ways to ask: patches, apply, metadata only, dynamic, discovery, reviews.
package main

import (
	"context"
	"fmt"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"inpod.test/clients/steps"
)

const name = "typed"

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	leases     = schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	config, err := rest.InClusterConfig()
	if err != nil {
		steps.Fail(err)
	}
	config.QPS, config.Burst = 100, 200
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		steps.Fail(err)
	}
	namespace := steps.Namespace()
	for _, kind := range kinds(clientset, namespace) {
		steps.Report(kind.name, nil, kind.roundTrip(ctx))
	}
	steps.Report("apply", nil, apply(ctx, clientset, namespace))
	steps.Report("patches", nil, patch(ctx, clientset, namespace))
	steps.Report("metadata", nil, listMetadata(ctx, config, namespace))
	steps.Report("dynamic", nil, useDynamic(ctx, config, namespace))
	steps.Report("discovery", nil, discover(clientset))
	steps.Report("openapi", nil, readOpenAPI(clientset))
	steps.Report("openapi-protobuf", nil, readOpenAPIProtobuf(clientset))
	steps.Report("review", nil, review(ctx, clientset, namespace))
	selector := metav1.ListOptions{LabelSelector: "made-by=" + name}
	steps.Report("delete-collection", nil, clientset.CoreV1().ConfigMaps(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, selector))
}

// kind is one built-in kind: an object, and how the clientset creates, reads and deletes it.
type kind struct {
	name      string
	roundTrip func(context.Context) error
}

// resource is what the clientset's typed interfaces have in common.
type resource[T any] interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
	Get(context.Context, string, metav1.GetOptions) (T, error)
	Update(context.Context, T, metav1.UpdateOptions) (T, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
	Patch(context.Context, string, types.PatchType, []byte, metav1.PatchOptions, ...string) (T, error)
}

type object interface {
	runtime.Object
	metav1.Object
}

// newKind makes a kind whose parts (say the spec) must come back as they were sent, but for defaults: sent again, nothing changes.
func newKind[T object](kindName string, client resource[T], made T) kind {
	return kind{name: kindName, roundTrip: func(ctx context.Context) error {
		created, err := client.Create(ctx, made, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		read, err := client.Get(ctx, made.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		if !equality.Semantic.DeepEqual(created, read) {
			return fmt.Errorf("created %v, read %v", created, read)
		}
		updated, err := client.Update(ctx, read, metav1.UpdateOptions{})
		if err != nil {
			return err
		}
		if updated.GetResourceVersion() != created.GetResourceVersion() {
			return fmt.Errorf("sent back unchanged, it changed from %v to %v", created, updated)
		}
		patch := []byte(`{"metadata":{"labels":{"patched":"yes"}}}`)
		patched, err := client.Patch(ctx, made.GetName(), types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		if err != nil {
			return err
		}
		if patched.GetLabels()["patched"] != "yes" {
			return fmt.Errorf("the patch left no label: %v", patched)
		}
		return client.Delete(ctx, made.GetName(), metav1.DeleteOptions{})
	}}
}

func apply(ctx context.Context, clientset kubernetes.Interface, namespace string) error {
	wanted := corev1apply.ConfigMap(name, namespace).WithLabels(map[string]string{"made-by": name}).WithData(map[string]string{"value": "one"})
	for _, value := range []string{"one", "two"} {
		applied, err := clientset.CoreV1().ConfigMaps(namespace).Apply(ctx, wanted.WithData(map[string]string{"value": value}), metav1.ApplyOptions{FieldManager: name})
		if err != nil {
			return err
		}
		if applied.Data["value"] != value {
			return fmt.Errorf("applied %q, got %v", value, applied.Data)
		}
	}
	return nil
}

func patch(ctx context.Context, clientset kubernetes.Interface, namespace string) error {
	patches := map[types.PatchType]string{
		types.JSONPatchType:           `[{"op":"replace","path":"/data/value","value":"application/json-patch+json"}]`,
		types.MergePatchType:          `{"data":{"value":"application/merge-patch+json"}}`,
		types.StrategicMergePatchType: `{"data":{"value":"application/strategic-merge-patch+json"}}`,
	}
	for patchType, body := range patches {
		patched, err := clientset.CoreV1().ConfigMaps(namespace).Patch(ctx, name, patchType, []byte(body), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		if patched.Data["value"] != string(patchType) {
			return fmt.Errorf("after a patch of type %s: %v", patchType, patched.Data)
		}
	}
	return nil
}

func listMetadata(ctx context.Context, config *rest.Config, namespace string) error {
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	list, err := client.Resource(configMaps).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: "made-by=" + name})
	if err != nil {
		return err
	}
	if len(list.Items) != 1 || list.Items[0].Name != name {
		return fmt.Errorf("listed %v", list.Items)
	}
	return nil
}

func useDynamic(ctx context.Context, config *rest.Config, namespace string) error {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	read, err := client.Resource(configMaps).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	watcher, err := client.Resource(configMaps).Namespace(namespace).Watch(ctx, metav1.ListOptions{ResourceVersion: read.GetResourceVersion()})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	read.SetAnnotations(map[string]string{"seen": "yes"})
	if _, err := client.Resource(configMaps).Namespace(namespace).Update(ctx, read, metav1.UpdateOptions{}); err != nil {
		return err
	}
	select {
	case event := <-watcher.ResultChan():
		if event.Type != "MODIFIED" {
			return fmt.Errorf("saw %v", event)
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err = client.Resource(leases).Namespace(namespace).List(ctx, metav1.ListOptions{})
	return err
}

func discover(clientset kubernetes.Interface) error {
	groups, resources, err := clientset.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	if len(groups) < 20 || len(resources) < 20 {
		return fmt.Errorf("found %d groups with %d lists of resources", len(groups), len(resources))
	}
	return nil
}

func readOpenAPI(clientset kubernetes.Interface) error {
	paths, err := clientset.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	_, err = paths["apis/apps/v1"].Schema("application/json")
	return err
}

func readOpenAPIProtobuf(clientset kubernetes.Interface) error {
	if _, err := clientset.Discovery().OpenAPISchema(); err != nil {
		return fmt.Errorf("v2: %w", err)
	}
	paths, err := clientset.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	_, err = paths["apis/apps/v1"].Schema("application/com.github.proto-openapi.spec.v3@v1.0+protobuf")
	return err
}

func review(ctx context.Context, clientset kubernetes.Interface, namespace string) error {
	attributes := &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: "list", Resource: "pods"}
	asked := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes}}
	answer, err := clientset.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, asked, metav1.CreateOptions{})
	if err == nil && !answer.Status.Allowed {
		return fmt.Errorf("not allowed: %v", answer.Status)
	}
	return err
}
