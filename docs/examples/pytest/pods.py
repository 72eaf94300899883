"""A program that runs in a Pod."""

from kubernetes import client, config


def pod_names(namespace):
    config.load_incluster_config()
    return [pod.metadata.name for pod in client.CoreV1Api().list_namespaced_pod(namespace).items]
