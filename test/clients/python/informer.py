"""The official client's informer and leader election: prints what it sees of ConfigMaps, until it sees the last of them."""

import json
import logging
import os
import socket
import threading

from kubernetes import client, config
from kubernetes.informer import ADDED, DELETED, MODIFIED, SharedInformer
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

from steps import namespace

ended = threading.Event()
printing = threading.Lock()


def line(**facts):
    with printing:
        print(json.dumps(facts), flush=True)


def printer(event):
    def saw(configmap):
        meta = configmap.metadata
        if not meta.name.startswith('soak-'):
            return
        line(event=event, name=meta.name, value=(configmap.data or {}).get('value'), version=meta.resource_version)
        if meta.name == 'soak-end' and event == ADDED:
            ended.set()

    return saw


def lead():
    election = electionconfig.Config(
        LeaseLock('soak', namespace(), socket.gethostname()),
        lease_duration=15,
        renew_deadline=10,
        retry_period=2,
        onstarted_leading=lambda: line(event='LEADING'),
        onstopped_leading=lambda: line(event='STOPPED'),
    )
    leaderelection.LeaderElection(election).run()


def main():
    logging.basicConfig()
    config.load_incluster_config()
    informer = SharedInformer(client.CoreV1Api().list_namespaced_config_map, namespace=namespace())
    for event in (ADDED, MODIFIED, DELETED):
        informer.add_event_handler(event, printer(event))
    informer.start()
    threading.Thread(target=lead, daemon=True).start()
    seen = ended.wait(int(os.environ['SOAK_LIMIT_SECONDS']))
    threading.Event().wait(1)
    os._exit(0 if seen else 1)


main()
