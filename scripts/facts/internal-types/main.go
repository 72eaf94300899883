// Command internal-types prints how the server's internal types look as JSON, which its messages show where a value of such a type is
// wrong: Go's field names, every field present. One line for each type, fields in Go's order, each GONAME:JSONNAME:TYPE.
//
// TYPE is s (string), n (number), b (bool), q (quantity), * (pointer to …), [ (list of …), { (map), = (shown as the API's own JSON, null
// if absent), or the name of another type. A field without GONAME is inlined. A JSONNAME with ^ is a field of the enclosing object.
// Run it inside a module that requires k8s.io/kubernetes and pins its staging modules.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	batchv1 "k8s.io/api/batch/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/apis/admissionregistration"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/certificates"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/flowcontrol"
	"k8s.io/kubernetes/pkg/apis/networking"
	"k8s.io/kubernetes/pkg/apis/policy"
	resourceinternal "k8s.io/kubernetes/pkg/apis/resource"
	"k8s.io/kubernetes/pkg/apis/storage"
)

var types = map[string][]string{}

var marshaler = reflect.TypeFor[json.Marshaler]()

func typeName(t reflect.Type) string {
	path := strings.Split(t.PkgPath(), "/")
	return path[len(path)-1] + "." + t.Name()
}

// show gives the notation of an internal type, next to the type that the API shows for it.
func show(t, v reflect.Type, parent reflect.Type) string {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return "q"
	case reflect.TypeFor[intstr.IntOrString]():
		return "n"
	}
	switch t.Kind() {
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Pointer:
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if inner := show(t.Elem(), v, parent); inner[0] != '=' {
			return "*" + inner
		}
		return "="
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 || v.Kind() != reflect.Slice {
			return "="
		}
		return "[" + show(t.Elem(), v.Elem(), parent)
	case reflect.Map:
		return "{"
	case reflect.Struct:
		if strings.Contains(t.PkgPath(), "apimachinery") || t.Implements(marshaler) {
			return "="
		}
		visit(t, v, parent)
		return typeName(t)
	default:
		return "n"
	}
}

func jsonFields(v reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Anonymous && strings.HasPrefix(f.Tag.Get("json"), ",inline") {
			for name, inner := range jsonFields(f.Type) {
				fields[name] = inner
			}
		}
		fields[strings.ToLower(f.Name)] = f
	}
	return fields
}

func jsonName(f reflect.StructField) string { return strings.Split(f.Tag.Get("json"), ",")[0] }

func visit(t, v reflect.Type, parent reflect.Type) {
	if _, done := types[typeName(t)]; done {
		return
	}
	types[typeName(t)] = nil
	known := jsonFields(v)
	outer := map[string]reflect.StructField{}
	if parent != nil {
		outer = jsonFields(parent)
	}
	lines := []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		other, found := known[strings.ToLower(f.Name)]
		switch {
		case f.Type == reflect.TypeFor[metav1.ObjectMeta]():
			lines = append(lines, ":metadata:=")
		case f.Type == reflect.TypeFor[metav1.TypeMeta]():
		case f.Anonymous && found:
			lines = append(lines, "::"+show(f.Type, other.Type, v))
		case f.Anonymous:
			lines = append(lines, "::"+show(f.Type, v, v))
		case found:
			lines = append(lines, f.Name+":"+jsonName(other)+":"+show(f.Type, other.Type, v))
		default:
			if other, found := outer[strings.ToLower(f.Name)]; found {
				lines = append(lines, f.Name+":^"+jsonName(other)+":"+show(f.Type, other.Type, v))
			} else {
				fmt.Fprintln(os.Stderr, "no counterpart:", t, f.Name)
				lines = append(lines, f.Name+"::"+show(f.Type, f.Type, v))
			}
		}
	}
	types[typeName(t)] = lines
}

func pair[Internal, Versioned any]() { visit(reflect.TypeFor[Internal](), reflect.TypeFor[Versioned](), nil) }

func main() {
	pair[core.PodTemplateSpec, corev1.PodTemplateSpec]()
	pair[batch.PodFailurePolicy, batchv1.PodFailurePolicy]()
	pair[policy.PodDisruptionBudgetSpec, policyv1.PodDisruptionBudgetSpec]()
	pair[networking.ServiceCIDRSpec, networkingv1.ServiceCIDRSpec]()
	pair[networking.ParentReference, networkingv1.ParentReference]()
	pair[networking.IngressRule, networkingv1.IngressRule]()
	pair[storage.VolumeAttachmentSpec, storagev1.VolumeAttachmentSpec]()
	pair[storage.CSINodeSpec, storagev1.CSINodeSpec]()
	pair[storage.TokenRequest, storagev1.TokenRequest]()
	pair[certificates.CertificateSigningRequestSpec, certificatesv1.CertificateSigningRequestSpec]()
	pair[certificates.CertificateSigningRequestCondition, certificatesv1.CertificateSigningRequestCondition]()
	pair[flowcontrol.FlowSchemaSpec, flowcontrolv1.FlowSchemaSpec]()
	pair[flowcontrol.PriorityLevelConfigurationSpec, flowcontrolv1.PriorityLevelConfigurationSpec]()
	pair[admissionregistration.AuditAnnotation, admissionregistrationv1.AuditAnnotation]()
	pair[core.ObjectReference, corev1.ObjectReference]()
	pair[core.EventSource, corev1.EventSource]()
	pair[core.PersistentVolumeSpec, corev1.PersistentVolumeSpec]()
	pair[core.PersistentVolumeClaimSpec, corev1.PersistentVolumeClaimSpec]()
	pair[resourceinternal.ResourceClaimSpec, resourcev1.ResourceClaimSpec]()
	pair[resourceinternal.ResourceClaimStatus, resourcev1.ResourceClaimStatus]()
	pair[resourceinternal.ResourceSliceSpec, resourcev1.ResourceSliceSpec]()
	pair[resourceinternal.DeviceAttribute, resourcev1.DeviceAttribute]()
	pair[resourceinternal.ResourceClaimTemplateSpec, resourcev1.ResourceClaimTemplateSpec]()
	out, err := json.Marshal(types)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(out))
}
