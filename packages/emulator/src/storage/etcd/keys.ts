/** An object's collection and its key in there. */
export interface ObjectPlace {
  prefix: string
  key: string
}

/** What collections' prefixes begin with, as kube-apiserver's keys do; in etcd it may be another. */
const root = '/registry/'
/** Below it, what is inpod's own. */
const own = 'inpod.internal/'

export interface EtcdKeys {
  /** What all keys begin with. */
  readonly prefix: string
  objectKey(prefix: string, key: string): string
  /** Undefined for keys that are no object's. */
  placeOf(etcdKey: string): ObjectPlace | undefined
  ownKey(name: string): string
  /** The name of a key of inpod's own. */
  ownName(etcdKey: string): string | undefined
}

/** @param given such as `/registry` */
export function etcdKeys(given: string): EtcdKeys {
  const prefix = `${given}/`
  return {
    prefix,
    objectKey: (collection, key) => prefix + collection.slice(root.length) + key,
    placeOf(etcdKey) {
      const path = etcdKey.slice(prefix.length)
      // Groups have a dot in their names; those without are of kube-apiserver's first years, as are services.
      const end = /^(?:services\/[^/]+|[^/]*\.[^/]*\/[^/]+|[^/]+)\//.exec(path)?.[0]
      if (end === undefined || path.startsWith(own) || end.length === path.length) return undefined
      return { prefix: root + end, key: path.slice(end.length) }
    },
    ownKey: (name) => prefix + own + name,
    ownName: (etcdKey) => (etcdKey.startsWith(prefix + own) ? etcdKey.slice(prefix.length + own.length) : undefined),
  }
}
