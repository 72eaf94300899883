"""lightkube: Client() loads the service account by itself."""

from httpx2 import HTTPStatusError
from lightkube import ApiError, Client
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap, Pod

from steps import report, report_refusal

NAME = 'lightkube'


def attempt(step, action):
    try:
        facts = action()
    except ApiError as error:
        report_refusal(step, error.status.code, error.status.message)
    except HTTPStatusError as error:  # What its watch raises: the body stays unread.
        report_refusal(step, error.response.status_code, error.response.reason_phrase)
    else:
        report(step, **(facts if isinstance(facts, dict) else {}))
        return True
    return False


def main():
    client = Client()
    configmap = ConfigMap(metadata=ObjectMeta(name=NAME), data={'value': 'one'})

    def update():
        configmap.data['value'] = 'two'
        attempt('update-configmap', lambda: client.replace(configmap))

    def watch():
        for event, seen in client.watch(ConfigMap, fields={'metadata.name': NAME}):
            if seen.data['value'] == 'two':
                return {'event': event, 'name': seen.metadata.name, 'value': 'two'}
            update()
        raise TimeoutError('the watch ended without the event')

    attempt('list-pods', lambda: {'count': len(list(client.list(Pod)))})
    attempt('create-configmap', lambda: client.create(configmap))
    if not attempt('watch-configmaps', watch):
        update()
    attempt('delete-configmap', lambda: client.delete(ConfigMap, NAME))


main()
