"""One writer of `npm run soak`: ConfigMaps of its own, and counters that others count in too, until standard input ends."""

import json
import os
import random
import sys
import threading
import time

import urllib3
from kubernetes import client, config
from kubernetes.client.rest import ApiException

NAMESPACE = 'soak'
STAMP, COUNT, BY = (f'soak.example.com/{name}' for name in ('stamp', 'count', 'by-'))
WRITER = os.environ['SOAK_WRITER']

may_write = threading.Event()
ended = threading.Event()


def tell(**facts):
    print(json.dumps(facts), flush=True)


def obey():
    for line in sys.stdin:
        if line == 'pause\n':
            may_write.clear()
        else:
            may_write.set()
    ended.set()
    may_write.set()


class Refused(Exception):
    """The server's answer to what cannot be done."""

    def __init__(self, status, body):
        super().__init__(f'{status} {body}')
        self.status = status


def insist(request, *args, **options):
    """Makes a request until it is answered. The client library tries again by itself too."""
    while True:
        try:
            return request(*args, **options, _request_timeout=15)
        except ApiException as error:
            if error.status not in (0, 429, 503):
                raise Refused(error.status, error.body) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            pass
        tell(retried=True)
        time.sleep(random.uniform(0.05, 0.15))


class Writer:
    def __init__(self):
        self.api = client.CoreV1Api()
        self.objects = {}
        self.writes = 0

    def stamp(self):
        self.writes += 1
        return f'{WRITER}-{self.writes}'

    def read(self, name):
        return insist(self.api.read_namespaced_config_map, name, NAMESPACE)

    def change(self):
        name = f'{WRITER}-{random.randrange(6)}'
        known = self.objects.get(name)
        if known is not None and random.random() < 0.1:
            return self.remove(known)
        stamp = self.stamp()
        meta = client.V1ObjectMeta(
            name=name,
            annotations={STAMP: stamp},
            labels={'shard': random.choice('abc')},
            resource_version=known and known.metadata.resource_version,
        )
        body = client.V1ConfigMap(api_version='v1', kind='ConfigMap', metadata=meta, data={'value': stamp})
        try:
            if known is None:
                written = insist(self.api.create_namespaced_config_map, NAMESPACE, body)
            elif random.random() < 0.5:
                written = insist(self.api.replace_namespaced_config_map, name, NAMESPACE, body)
            else:
                written = insist(self.api.patch_namespaced_config_map, name, NAMESPACE, body)
        except Refused as refused:
            # An attempt that was not answered may have been carried out.
            written = self.read(name)
            if refused.status != 409 or written.metadata.annotations.get(STAMP) != stamp:
                return tell(problem=f'write of {name}: {refused}')
        self.objects[name] = written
        meta = written.metadata
        tell(wrote=dict(resource='configmaps', name=name, stamp=meta.annotations[STAMP], version=meta.resource_version))

    def remove(self, known):
        meta = known.metadata
        conditions = client.V1Preconditions(uid=meta.uid, resource_version=meta.resource_version)
        try:
            insist(self.api.delete_namespaced_config_map, meta.name, NAMESPACE, body=client.V1DeleteOptions(preconditions=conditions))
        except Refused as refused:
            if refused.status != 404:
                return tell(problem=f'delete of {meta.name}: {refused}')
        del self.objects[meta.name]
        tell(deleted=dict(resource='configmaps', name=meta.name, uid=meta.uid))

    def count(self):
        name = f'counter-{random.randrange(2)}'
        stamp = self.stamp()
        done = None
        while True:
            counter = self.read(name)
            annotations = counter.metadata.annotations
            mine = int(annotations.get(BY + WRITER, 0))
            done = done or mine + 1
            if mine < done:
                annotations.update({COUNT: str(int(annotations[COUNT]) + 1), BY + WRITER: str(done), STAMP: stamp})
                time.sleep(random.uniform(0, 0.01))
                try:
                    counter = insist(self.api.replace_namespaced_config_map, name, NAMESPACE, counter)
                except Refused as refused:
                    if refused.status != 409:
                        return tell(problem=f'count in {name}: {refused}')
                    tell(conflict=True)
                    continue
            # Else others have counted since.
            is_latest = counter.metadata.annotations[STAMP] == stamp
            version = {'version': counter.metadata.resource_version} if is_latest else {}
            tell(wrote=dict(resource='configmaps', name=name, stamp=stamp, **version))
            return tell(counted=dict(resource='configmaps', name=name))


def main():
    config.load_kube_config()
    may_write.set()
    threading.Thread(target=obey, daemon=True).start()
    writer = Writer()
    interval = 1 / float(os.environ['SOAK_RATE'])
    due = time.monotonic()
    while not ended.is_set():
        if not may_write.is_set():
            tell(paused=True)
            may_write.wait()
            due = time.monotonic()
            continue
        if random.random() < 0.25:
            writer.count()
        else:
            writer.change()
        due = max(due + interval, time.monotonic() - 1)
        time.sleep(max(0, due - time.monotonic()))


main()
