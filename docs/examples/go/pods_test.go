package pods

import (
	"slices"
	"testing"

	"k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestListsPods(t *testing.T) {
	admin := reset(t)
	pod := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "mine"},
		Spec:       v1.PodSpec{Containers: []v1.Container{{Name: "app", Image: "app"}}},
	}
	if _, err := admin.Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	found, err := names(t.Context(), inPod(), "default")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []string{"mine", "web"}) {
		t.Errorf("found %v", found)
	}
}

func TestSeesNothingOfOtherTests(t *testing.T) {
	reset(t)
	if found, err := names(t.Context(), inPod(), "default"); err != nil || !slices.Equal(found, []string{"web"}) {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestMayNotLookElsewhere(t *testing.T) {
	if _, err := names(t.Context(), inPod(), "kube-system"); !apierrors.IsForbidden(err) {
		t.Errorf("got %v, not 403", err)
	}
}
