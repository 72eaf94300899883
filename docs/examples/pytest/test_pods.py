import pytest
from kubernetes import client
from pods import pod_names


def make_pod(cluster, name, namespace='default'):
    container = client.V1Container(name='app', image='app')
    pod = client.V1Pod(metadata=client.V1ObjectMeta(name=name), spec=client.V1PodSpec(containers=[container]))
    cluster.admin.create_namespaced_pod(namespace, pod)


def test_lists_pods(cluster):
    make_pod(cluster, 'mine')
    assert pod_names('default') == ['mine', 'web']


def test_sees_nothing_of_other_tests(cluster):
    assert pod_names('default') == ['web']


def test_may_not_look_elsewhere(cluster):
    with pytest.raises(client.ApiException) as refused:
        pod_names('kube-system')
    assert refused.value.status == 403
