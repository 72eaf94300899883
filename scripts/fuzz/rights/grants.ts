import fc from 'fast-check'
import type { Rule } from './allowed.ts'
import { names, rbacGroup, resources } from './vocabulary.ts'

const verb = fc.constantFrom('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection')
const someNames = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.subarray(names, { minLength: 1, maxLength: 3 }) },
)

/** A rule about one or two resources, most often a narrow one. */
export const rule: fc.Arbitrary<Rule> = fc
  .record({
    verbs: fc.oneof(
      { weight: 8, arbitrary: fc.uniqueArray(verb, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constant(['*']) },
    ),
    resource: fc.constantFrom(...resources),
    subresource: fc.nat(),
    anySubresource: fc.nat(9),
    anyGroup: fc.nat(19),
    names: someNames,
  })
  .map(({ verbs, resource: { group, name, subresources }, subresource, anySubresource, anyGroup, names: resourceNames }) => {
    const below = [undefined, undefined, ...subresources][subresource % (2 + subresources.length)]
    const resource = below === undefined ? name : anySubresource === 0 ? `*/${below}` : `${name}/${below}`
    return {
      verbs,
      apiGroups: [anyGroup === 0 ? '*' : group],
      resources: [resource],
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }
  })

/** Rights with which one gets more by design; what is got by them is known. */
const special: fc.Arbitrary<Rule> = fc.constantFrom<Rule[]>(
  { verbs: ['bind'], apiGroups: [rbacGroup], resources: ['roles'], resourceNames: ['weak'] },
  { verbs: ['bind'], apiGroups: [rbacGroup], resources: ['clusterroles'], resourceNames: ['no-such-role'] },
  { verbs: ['escalate'], apiGroups: [rbacGroup], resources: ['roles'], resourceNames: ['no-such-role'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['nobody'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['groups'] },
  { verbs: ['impersonate'], apiGroups: ['authentication.k8s.io'], resources: ['uids', 'userextras/scopes'] },
  { verbs: ['impersonate:user-info'], apiGroups: ['authentication.k8s.io'], resources: ['users'] },
  { verbs: ['impersonate-on:user-info:list'], apiGroups: [''], resources: ['secrets'] },
  { verbs: ['approve', 'sign'], apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['example.com/signer'] },
)

export interface Grants {
  /** In the namespace, by a Role or by a ClusterRole that a RoleBinding names. */
  inNamespace: Rule[]
  byClusterRole: boolean
  /** Beyond it, never about what the namespace of somebody else holds. */
  everywhere: Rule[]
}

const clusterWide = new Set(resources.filter(({ namespaced }) => !namespaced).map(({ name }) => name))
/** What all runs share is neither deleted by one of them nor, on a real server, by a comparison. */
const isHarmless = ({ verbs, apiGroups, resources: [named = ''] = [] }: Rule) =>
  !verbs.some((each) => ['*', 'delete', 'deletecollection'].includes(each)) &&
  clusterWide.has(named.split('/')[0]!) &&
  !apiGroups!.includes('*') &&
  !/^(nodes|tokenreviews)/.test(named)

const isMighty = ({ verbs, resources: named = [] }: Rule) => verbs.includes('*') && named.some((each) => /^(cluster)?roles$/.test(each))

export const grants: fc.Arbitrary<Grants> = fc.record({
  inNamespace: fc.array(fc.oneof({ weight: 6, arbitrary: rule.filter((each) => !isMighty(each)) }, { weight: 1, arbitrary: special }), {
    minLength: 1,
    maxLength: 6,
  }),
  byClusterRole: fc.boolean(),
  everywhere: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Rule[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        rule.filter((each) => isHarmless(each) && !isMighty(each)),
        { minLength: 1, maxLength: 2 },
      ),
    },
  ),
})
