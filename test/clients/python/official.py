"""The official client with load_incluster_config."""

import json

from kubernetes import client, config, watch

from steps import namespace, report, report_refusal

NAME = 'kubernetes-python'


def attempt(step, action):
    try:
        return action()
    except client.ApiException as error:
        report_refusal(step, error.status, json.loads(error.body)['message'])
        return None


def watch_configmaps(core, since):
    events = watch.Watch().stream(core.list_namespaced_config_map, namespace(), resource_version=since, timeout_seconds=10)
    for event in events:
        if event['object'].metadata.name == NAME:
            report('watch-configmaps', event=event['type'], name=NAME, value=event['object'].data['value'])
            return
    raise TimeoutError('the watch ended without an event')


def main():
    config.load_incluster_config()
    core = client.CoreV1Api()
    pods = attempt('list-pods', lambda: core.list_namespaced_pod(namespace()))
    if pods is not None:
        report('list-pods', count=len(pods.items))

    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=NAME), data={'value': 'one'})
    created = attempt('create-configmap', lambda: core.create_namespaced_config_map(namespace(), body))
    if created is not None:
        report('create-configmap')
        body = created
    body.data['value'] = 'two'
    if attempt('update-configmap', lambda: core.replace_namespaced_config_map(NAME, namespace(), body)) is not None:
        report('update-configmap')
    attempt('watch-configmaps', lambda: watch_configmaps(core, created.metadata.resource_version if created else None))
    if attempt('delete-configmap', lambda: core.delete_namespaced_config_map(NAME, namespace())) is not None:
        report('delete-configmap')


main()
