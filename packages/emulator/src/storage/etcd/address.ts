import { EmulatorError } from '../../errors.ts'

/** Where an etcd is, and as whom to come. */
export interface EtcdAddress {
  /** `http://HOST:PORT` or `https://HOST:PORT`, of members of one cluster. */
  endpoints: string[]
  user: string | undefined
  password: string | undefined
}

const schemes: Record<string, string> = { etcd: 'http', etcds: 'https', http: 'http', https: 'https' }
const usualPort = 2379
const part = /^(?:([a-z]+):\/\/)?(?:([^@/:]+):([^@/]*)@)?(\[[0-9a-fA-F:.]+\]|[^:/@[\]\s]+)(?::(\d{1,5}))?\/?$/

/**
 * Reads `etcd://[USER:PASSWORD@]HOST[:PORT][,…]`. What follows a comma may leave out the scheme.
 * @throws EmulatorError ERR_STORAGE_ADDRESS
 */
export function parseEtcdAddress(given: string): EtcdAddress {
  const matches = given.split(',').map((each) => part.exec(each) ?? raise(given))
  const scheme = matches[0]![1] ?? ''
  const [, , user, password] = matches[0]!
  const endpoints = matches.map(([, own = scheme, , , host, port = usualPort]) => {
    if (schemes[own] === undefined || Number(port) > 65_535) raise(given)
    return `${schemes[own]}://${host}:${port}`
  })
  return { endpoints, user: user && decodeURIComponent(user), password: password && decodeURIComponent(password) }
}

function raise(given: string): never {
  const shown = given.replace(/\/\/[^@]*@/g, '//…@')
  const rule = 'etcd://HOST:PORT, or etcds://HOST:PORT with TLS; several members of one cluster with commas between them'
  throw new EmulatorError('ERR_STORAGE_ADDRESS', `invalid storage "${shown}": ${rule}`)
}
