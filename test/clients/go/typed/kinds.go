package main

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
)

var (
	meta     = metav1.ObjectMeta{Name: name, Labels: map[string]string{"made-by": name}}
	labels   = map[string]string{"app": name}
	selector = &metav1.LabelSelector{MatchLabels: labels}
	replicas = int32(2)
	hundred  = apiresource.MustParse("100Mi")
	port     = intstr.FromInt32(8080)
)

func podSpec(policy corev1.RestartPolicy) corev1.PodSpec {
	return corev1.PodSpec{
		RestartPolicy: policy,
		Containers: []corev1.Container{{
			Name: "main", Image: "example.invalid/main:1", Args: []string{"--verbose"},
			Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
			Env:            []corev1.EnvVar{{Name: "NAME", Value: "value"}, {Name: "POD", ValueFrom: fieldOf("metadata.name")}},
			Resources:      corev1.ResourceRequirements{Requests: corev1.ResourceList{"memory": hundred}},
			ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: port}}},
			VolumeMounts:   []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
		Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &hundred}}}},
	}
}

func fieldOf(path string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
}

func template(policy corev1.RestartPolicy) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec(policy)}
}

func kinds(clientset kubernetes.Interface, namespace string) []kind {
	return append(append(coreKinds(clientset, namespace), workloadKinds(clientset, namespace)...), otherKinds(clientset, namespace)...)
}

func coreKinds(clientset kubernetes.Interface, namespace string) []kind {
	core := clientset.CoreV1()
	return []kind{
		newKind("ConfigMap", core.ConfigMaps(namespace), &corev1.ConfigMap{ObjectMeta: meta, BinaryData: map[string][]byte{"bytes": {0, 255}}}),
		newKind("Secret", core.Secrets(namespace), &corev1.Secret{ObjectMeta: meta, StringData: map[string]string{"key": "value"}}),
		newKind("ServiceAccount", core.ServiceAccounts(namespace), &corev1.ServiceAccount{ObjectMeta: meta}),
		newKind("Service", core.Services(namespace), &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
			Selector: labels, Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: port}},
		}}),
		newKind("Endpoints", core.Endpoints(namespace), &corev1.Endpoints{ObjectMeta: meta, Subsets: []corev1.EndpointSubset{{
			Addresses: []corev1.EndpointAddress{{IP: "10.1.2.3"}}, Ports: []corev1.EndpointPort{{Port: 8080}},
		}}}),
		newKind("LimitRange", core.LimitRanges(namespace), &corev1.LimitRange{ObjectMeta: meta, Spec: corev1.LimitRangeSpec{
			Limits: []corev1.LimitRangeItem{{Type: corev1.LimitTypeContainer, Default: corev1.ResourceList{"memory": hundred}}},
		}}),
		newKind("Pod", core.Pods(namespace), &corev1.Pod{ObjectMeta: meta, Spec: podSpec(corev1.RestartPolicyAlways)}),
		newKind("Event", core.Events(namespace), &corev1.Event{
			ObjectMeta: meta, Reason: "Tested", Message: "for a test", Type: "Normal", Count: 1,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: namespace, Name: name},
			FirstTimestamp: metav1.Unix(1_700_000_000, 0), LastTimestamp: metav1.Unix(1_700_000_000, 0),
		}),
	}
}

func workloadKinds(clientset kubernetes.Interface, namespace string) []kind {
	apps, batch := clientset.AppsV1(), clientset.BatchV1()
	always, never := corev1.RestartPolicyAlways, corev1.RestartPolicyNever
	return []kind{
		newKind("Deployment", apps.Deployments(namespace), &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: selector, Template: template(always),
		}}),
		newKind("StatefulSet", apps.StatefulSets(namespace), &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas, ServiceName: name, Selector: selector, Template: template(always),
		}}),
		newKind("DaemonSet", apps.DaemonSets(namespace), &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{
			Selector: selector, Template: template(always),
		}}),
		newKind("ReplicaSet", apps.ReplicaSets(namespace), &appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas, Selector: selector, Template: template(always),
		}}),
		newKind("Job", batch.Jobs(namespace), &batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Template: template(never)}}),
		newKind("CronJob", batch.CronJobs(namespace), &batchv1.CronJob{ObjectMeta: meta, Spec: batchv1.CronJobSpec{
			Schedule: "*/5 * * * *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template(never)}},
		}}),
	}
}

func otherKinds(clientset kubernetes.Interface, namespace string) []kind {
	prefix, tcp, seconds := networkingv1.PathTypePrefix, corev1.ProtocolTCP, int32(15)
	backend := networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: name, Port: networkingv1.ServiceBackendPort{Number: 80}}}
	paths := &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &prefix, Backend: backend}}}
	now, holder := metav1.NewMicroTime(metav1.Unix(1_700_000_000, 123_000).Time), name
	rules := []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}
	subjects := []rbacv1.Subject{{Kind: "ServiceAccount", Name: "default", Namespace: namespace}}
	role := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"}
	return []kind{
		newKind("Lease", clientset.CoordinationV1().Leases(namespace), &coordinationv1.Lease{ObjectMeta: meta, Spec: coordinationv1.LeaseSpec{
			HolderIdentity: &holder, LeaseDurationSeconds: &seconds, AcquireTime: &now, RenewTime: &now,
		}}),
		newKind("Ingress", clientset.NetworkingV1().Ingresses(namespace), &networkingv1.Ingress{ObjectMeta: meta, Spec: networkingv1.IngressSpec{
			Rules: []networkingv1.IngressRule{{Host: "example.invalid", IngressRuleValue: networkingv1.IngressRuleValue{HTTP: paths}}},
		}}),
		newKind("NetworkPolicy", clientset.NetworkingV1().NetworkPolicies(namespace), &networkingv1.NetworkPolicy{ObjectMeta: meta, Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *selector, Ingress: []networkingv1.NetworkPolicyIngressRule{{Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &port}}}},
		}}),
		newKind("PodDisruptionBudget", clientset.PolicyV1().PodDisruptionBudgets(namespace), &policyv1.PodDisruptionBudget{ObjectMeta: meta, Spec: policyv1.PodDisruptionBudgetSpec{
			Selector: selector, MaxUnavailable: &intstr.IntOrString{Type: intstr.String, StrVal: "50%"},
		}}),
		newKind("HorizontalPodAutoscaler", clientset.AutoscalingV2().HorizontalPodAutoscalers(namespace), &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: meta, Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name}, MaxReplicas: 3,
		}}),
		newKind("EndpointSlice", clientset.DiscoveryV1().EndpointSlices(namespace), &discoveryv1.EndpointSlice{
			ObjectMeta: meta, AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.1.2.3"}}},
		}),
		newKind("Role", clientset.RbacV1().Roles(namespace), &rbacv1.Role{ObjectMeta: meta, Rules: rules}),
		newKind("RoleBinding", clientset.RbacV1().RoleBindings(namespace), &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: role}),
		newKind("ClusterRole", clientset.RbacV1().ClusterRoles(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules}),
		newKind("PriorityClass", clientset.SchedulingV1().PriorityClasses(), &schedulingv1.PriorityClass{ObjectMeta: meta, Value: 1000}),
		newKind("StorageClass", clientset.StorageV1().StorageClasses(), &storagev1.StorageClass{ObjectMeta: meta, Provisioner: "example.invalid/disk"}),
	}
}
