// Command go-types prints what JSON decoding of the built-in kinds needs beyond their wire types: Go's names of types, which
// turn up in error messages, the options omitempty and omitzero apart, and the kinds that the server's schemes know.
//
//	{"schemes": {SCHEME: {"apps/v1beta1/Deployment": ["v1beta1.Deployment", "apps.Deployment"]}}, "types": {TYPE: ["name|flags" …]}}
//
// The entries of a type follow its fields in the order of wire-types.json. A flag is e (omitempty), z (omitzero), or for an inlined
// field =NAME, the field's name in Go. Run it inside a module that requires k8s.io/kubernetes and pins its staging modules.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	apiextensionsserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

var types = map[string][]string{}
var custom = map[string]bool{}

func name(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func visit(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		visit(t.Elem())
	case reflect.Struct:
		if _, done := types[name(t)]; done {
			return
		}
		if t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
			custom[t.String()] = true
		}
		types[name(t)] = []string{}
		fields := []string{}
		for i := range t.NumField() {
			f := t.Field(i)
			number := 0
			if tag := strings.Split(f.Tag.Get("protobuf"), ","); len(tag) > 1 {
				number, _ = strconv.Atoi(tag[1])
			}
			tag := strings.Split(f.Tag.Get("json"), ",")
			if f.IsExported() && number == 0 && tag[0] != "-" && f.Name != "TypeMeta" && f.Name != "ListMeta" {
				fmt.Fprintln(os.Stderr, "no protobuf number:", t, f.Name, f.Tag)
			}
			if !f.IsExported() || number == 0 || tag[0] == "-" {
				continue
			}
			visit(f.Type)
			flags := ""
			inline := f.Anonymous && tag[0] == ""
			for _, option := range tag[1:] {
				switch option {
				case "omitempty":
					flags += "e"
				case "omitzero":
					flags += "z"
				case "inline":
					inline = true
				default:
					fmt.Fprintln(os.Stderr, "option", option, t, f.Name)
				}
			}
			if inline {
				flags += "=" + f.Name
			}
			fields = append(fields, f.Type.String()+"|"+flags)
		}
		types[name(t)] = fields
	}
}

func kindsOf(s *runtime.Scheme) map[string][]string {
	kinds := map[string][]string{}
	for gvk, t := range s.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal {
			continue
		}
		internal := ""
		if hub, ok := s.AllKnownTypes()[schema.GroupVersionKind{Group: gvk.Group, Version: runtime.APIVersionInternal, Kind: gvk.Kind}]; ok {
			internal = hub.String()
		}
		kinds[gvk.GroupVersion().String()+"/"+gvk.Kind] = []string{t.String(), internal}
	}
	return kinds
}

func main() {
	for _, err := range []error{apiextensions.AddToScheme(scheme.Scheme), apiregistration.AddToScheme(scheme.Scheme)} {
		if err != nil {
			panic(err)
		}
	}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if gvk.Version == "__internal" || strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta") {
			continue
		}
		visit(t)
	}
	names := map[string]string{}
	schemes := map[string]map[string][]string{}
	for id, s := range map[string]*runtime.Scheme{"core": legacyscheme.Scheme, "apiextensions": apiextensionsserver.Scheme, "aggregator": aggregatorscheme.Scheme} {
		schemes[id] = kindsOf(s)
		names[id] = s.Name()
	}
	fmt.Fprintln(os.Stderr, "custom", custom)
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"schemes": schemes, "names": names, "types": types}); err != nil {
		panic(err)
	}
}
