import type { Asked } from './area.ts'

/** Keeps the servers clean: a namespace of the area's own, and what was made outside of it. */
export function createLeftovers(namespace: string) {
  const made = new Set<string>()
  return {
    *before(): Generator<Asked> {
      yield { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } }
      for (const [resource, name] of [
        ['serviceaccounts', 'default'],
        ['configmaps', 'kube-root-ca.crt'],
      ])
        yield { path: `/api/v1/namespaces/${namespace}/${resource}/${name}`, retry: 20_000 }
    },
    /** To be called with each request: what it may make outside of the namespace is remembered. */
    note({ method = 'GET', path, body }: Asked): void {
      const [resource = '', query = ''] = path.split('?')
      if (query.includes('dryRun=All')) return
      // Those in the namespace go with it, unless finalizers hold them; claims are given one.
      const isHeld = JSON.stringify(body ?? null).includes('finalizers') || resource.includes('/persistentvolumeclaims')
      if (/\/namespaces\/[^/]+\//.test(resource) && !isHeld) return
      const name = (body as { metadata?: { name?: unknown } } | undefined)?.metadata?.name
      if (method === 'POST' && typeof name === 'string' && name !== '') made.add(`${resource}/${name}`)
      if (method === 'PATCH' || method === 'PUT') made.add(withoutSubresource(resource))
    },
    *after(): Generator<Asked> {
      for (const path of [...made].reverse()) {
        if (!path.includes('beside-')) continue
        yield { method: 'DELETE', path }
        yield { method: 'PATCH', path, body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' }
      }
      // No kubelet ends those that are bound to a node.
      yield { method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0` }
      yield { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }
    },
  }
}

const withoutSubresource = (path: string): string =>
  /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[^/]+\/[^/]+/.exec(path)?.[0] ?? path
