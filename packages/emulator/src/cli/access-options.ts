import type { KubeObject } from '../apimachinery/object.ts'
import { userNamed } from '../authentication/impersonation.ts'
import { serviceAccountUserName, type UserInfo } from '../authentication/user-info.ts'
import { offlineSource } from '../authorization/can-i/offline-source.ts'
import { type KnownResource, knownResources } from '../authorization/explain/known-resources.ts'
import type { RbacSource } from '../authorization/rbac/rule-resolver.ts'
import { EmulatorError } from '../errors.ts'
import { loadFacts } from '../facts/load.ts'
import { loadManifests } from '../scenario/manifests.ts'
import type { OptionSpec, OptionValues } from './command.ts'
import { emulatorOptions } from './emulator-options.ts'

/** What these options mean where no Pod is made. */
const accessTexts: Readonly<Record<string, Partial<OptionSpec>>> = {
  filename: {
    help: 'manifests with roles and bindings: YAML or JSON, all of a folder, or standard input; may be repeated',
    example: 'inpod can-i list pods -f deploy/rbac.yaml',
  },
  namespace: {
    help: 'the namespace that is asked about, and of the service account (default: default)',
    example: 'inpod can-i list pods -n team-a -f rbac.yaml',
  },
  'service-account': {
    help: 'the service account that asks (default: default)',
    example: 'inpod can-i list pods -n team-a --service-account demo -f rbac.yaml',
  },
}

/** Options of the commands that ask who may do what, from manifests alone. */
export const accessOptions: OptionSpec[] = [
  ...emulatorOptions.filter(({ name }) => name in accessTexts).map((option) => ({ ...option, ...accessTexts[option.name] })),
  {
    name: 'as',
    value: 'USER',
    help: 'who asks, if not the service account: a user name, such as alice or system:serviceaccount:NAMESPACE:NAME',
    example: 'inpod can-i list pods --as system:serviceaccount:team-a:demo -n team-b -f rbac.yaml',
  },
  {
    name: 'as-group',
    value: 'GROUP',
    multiple: true,
    help: 'a group of --as; may be repeated',
    example: 'inpod can-i list pods --as alice --as-group dev -f rbac.yaml',
  },
  {
    name: 'subresource',
    value: 'NAME',
    help: 'the subresource, such as log or scale',
    example: 'inpod can-i get pods --subresource log -f rbac.yaml',
  },
  {
    name: 'all-namespaces',
    short: 'A',
    help: 'ask about all namespaces at once',
    example: 'inpod can-i list pods -A -f rbac.yaml',
  },
]

/** What the manifests, and the server's own roles, say. */
export interface Access {
  source: RbacSource
  resources: KnownResource[]
  user: UserInfo
  /** That the question is about; '' for all. */
  namespace: string
}

/** @throws EmulatorError ERR_USAGE, and those of `loadManifests` */
export async function readAccess(values: OptionValues): Promise<Access> {
  const objects = await manifestsOf(values)
  const facts = loadFacts()
  const home = (values['namespace'] as string | undefined) ?? 'default'
  return {
    source: offlineSource(objects, facts.bootstrap, home),
    resources: knownResources(facts.groups, objects),
    user: readUser(values, home),
    namespace: values['all-namespaces'] === true ? '' : home,
  }
}

async function manifestsOf(values: OptionValues): Promise<KubeObject[]> {
  const loaded = await loadManifests((values['filename'] as string[] | undefined) ?? [])
  return loaded.map(({ object }) => object)
}

function readUser(values: OptionValues, namespace: string): UserInfo {
  const name = values['as'] as string | undefined
  const groups = (values['as-group'] as string[] | undefined) ?? []
  if (name !== undefined && name !== '') return userNamed(name, groups)
  if (groups.length > 0) throw new EmulatorError('ERR_USAGE', '--as-group without --as', { hint: 'Say whose groups they are: --as USER' })
  return userNamed(serviceAccountUserName(namespace, (values['service-account'] as string | undefined) ?? 'default'))
}

export interface Question {
  verb: string
  target: string
  name?: string
}

/** `VERB RESOURCE [NAME]`, `VERB RESOURCE/NAME` or `VERB /URL`. */
export function readQuestion(words: readonly string[], command: string): Question {
  const [verb, target, name, ...more] = words
  const hint = `As in: inpod ${command} list pods, inpod ${command} get secrets/token, inpod ${command} get /healthz`
  if (verb === undefined || target === undefined || verb === '' || target === '') {
    throw new EmulatorError('ERR_USAGE', 'you must specify a verb and a resource, or a verb and a URL path', { hint })
  }
  if (more.length > 0) throw new EmulatorError('ERR_USAGE', `unexpected "${more[0]}"`, { hint })
  if (name !== undefined && (target.includes('/') || name === '')) throw new EmulatorError('ERR_USAGE', `unexpected "${name}"`, { hint })
  return { verb, target, ...(name === undefined ? {} : { name }) }
}
