"""A Pod's view of a cluster for each test, by `inpod start --json`."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from kubernetes import client, config

MANIFESTS = Path(__file__).parent.parent / 'pod-reader.yaml'


@pytest.fixture
def cluster(monkeypatch):
    command = ['inpod', 'start', '--json', '--filename', str(MANIFESTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line, 'inpod did not start; it has said why'
            started = json.loads(line)
            be_in_pod(monkeypatch, started)
            admin = client.CoreV1Api(config.new_client_from_config(started['kubeconfig']))
            yield SimpleNamespace(admin=admin, **started)
        finally:
            process.terminate()


def be_in_pod(monkeypatch, started):
    """Lets `load_incluster_config()` find the server and the files, as in a Pod."""
    for name, value in started['env'].items():
        monkeypatch.setenv(name, value)
    account = Path(started['podRoot'], 'var/run/secrets/kubernetes.io/serviceaccount')
    loader = 'kubernetes.config.incluster_config'
    monkeypatch.setattr(f'{loader}.SERVICE_TOKEN_FILENAME', str(account / 'token'))
    monkeypatch.setattr(f'{loader}.SERVICE_CERT_FILENAME', str(account / 'ca.crt'))
