"""kr8s finds the service account by itself."""

import kr8s
from kr8s.objects import ConfigMap

from steps import namespace, report, report_refusal

NAME = 'kr8s'


def attempt(step, action):
    try:
        report(step, **(action() or {}))
    except kr8s.ServerError as error:
        report_refusal(step, error.response.status_code, error.response.json()['message'])
        return False
    return True


def main():
    api = kr8s.api()
    attempt('list-pods', lambda: {'count': len(list(api.get('pods', namespace=namespace())))})
    configmap = ConfigMap({'metadata': {'name': NAME, 'namespace': namespace()}, 'data': {'value': 'one'}}, api=api)

    def update():
        attempt('update-configmap', lambda: configmap.patch({'data': {'value': 'two'}}))

    def watch():
        for event, seen in api.watch('configmaps', namespace=namespace()):
            if seen.name == NAME and seen.data['value'] == 'two':
                return {'event': event, 'name': seen.name, 'value': 'two'}
            if seen.name == NAME:
                update()
        raise TimeoutError('the watch ended without the event')

    attempt('create-configmap', configmap.create)
    if not attempt('watch-configmaps', watch):
        update()
    attempt('delete-configmap', configmap.delete)


main()
