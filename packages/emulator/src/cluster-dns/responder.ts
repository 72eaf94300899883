import { isIP } from 'node:net'
import { type ClusterReader, findEntries, findNames, type ServiceEntry } from './kubernetes-zone.ts'
import { type Answer, CODES, type DnsRecord, decodeQuery, encodeResponse, isInternetClass, type Query, TYPES } from './message.ts'

export interface ResponderOptions {
  reader: ClusterReader
  /** The server's own address, which `ns.dns.cluster.local` has. */
  serverIP: string
  /** Names outside the cluster that can be reached: the IPv4 address of each; in lower case. */
  others: ReadonlyMap<string, string>
  domain?: string
}

/** Answers queries like a cluster's DNS server, from the API's objects as they are at the moment. */
export interface Responder {
  /** Undefined for bytes that deserve no answer. */
  respond(bytes: Buffer, by: 'udp' | 'tcp'): Buffer | undefined
}

/** Of each record, in seconds; kubeadm's setting. */
const TTL = 30
const SCHEMA_VERSION = '1.1.0'
const SCHEMA_TTL = 28_800
/** How many names may lead to each other. */
const MAX_CHAIN = 8

export function createResponder(options: ResponderOptions): Responder {
  const zone = createZone(options)
  return {
    respond(bytes, by) {
      const query = decodeQuery(bytes)
      if (query === undefined) return undefined
      const refusal = query.opcode !== 0 ? CODES.NOTIMP : isInternetClass(query) ? undefined : CODES.REFUSED
      return encodeResponse(query, refusal === undefined ? zone.answer(query) : empty(refusal), by)
    },
  }
}

const empty = (code: number): Answer => ({ code, authoritative: false, answers: [], authorities: [], additionals: [] })

interface Found {
  answers: DnsRecord[]
  additionals?: DnsRecord[]
}

function createZone({ reader, serverIP, others, domain = 'cluster.local' }: ResponderOptions): { answer(query: Query): Answer } {
  const ending = `.${domain}`
  const inCluster = (name: string) => name === domain || name.endsWith(ending)
  const labelsOf = (name: string) => (name === domain ? [] : name.slice(0, -ending.length).split('.'))
  const entriesOf = (name: string) => findEntries(labelsOf(name), domain, reader)

  /** Undefined: there is no such name. */
  const lookUp = (owner: string, type: number): Found | undefined => {
    const name = owner.toLowerCase()
    const other = others.get(name)
    if (other !== undefined) return { answers: type === TYPES.A ? [{ type: 'A', address: other, owner, ttl: TTL }] : [] }
    if (!inCluster(name)) return type === TYPES.PTR ? reverse(owner, name) : undefined
    if (name === domain) return { answers: apex(owner, type) }
    if (name === `ns.dns${ending}` && type === TYPES.A) return { answers: [{ type: 'A', address: serverIP, owner, ttl: TTL }] }
    if (name === `dns-version${ending}` && type === TYPES.TXT)
      return { answers: [{ type: 'TXT', text: SCHEMA_VERSION, owner, ttl: SCHEMA_TTL }] }
    const entries = entriesOf(name)
    if (entries === undefined) return undefined
    if (type === TYPES.A || type === TYPES.AAAA) return { answers: addresses(owner, type, entries, []) }
    if (type === TYPES.CNAME)
      return { answers: entries.filter(isAlias).map(({ host }) => ({ type: 'CNAME', name: host, owner, ttl: TTL })) }
    return type === TYPES.SRV ? locations(owner, entries) : { answers: [] }
  }

  const apex = (owner: string, type: number): DnsRecord[] => {
    if (type === TYPES.SOA) return [soa(owner)]
    return type === TYPES.NS ? [{ type: 'NS', name: `ns.dns${ending}`, owner, ttl: TTL }] : []
  }

  const reverse = (owner: string, name: string): Found | undefined => {
    const ip = reverseAddress(name)
    const names = ip === undefined ? [] : findNames(ip, domain, reader)
    return names.length === 0 ? undefined : { answers: names.map((each) => ({ type: 'PTR', name: each, owner, ttl: TTL })) }
  }

  /** Follows names that stand for other names, as far as they lead somewhere. */
  const addresses = (owner: string, type: number, entries: ServiceEntry[], chain: DnsRecord[]): DnsRecord[] => {
    const records: DnsRecord[] = []
    for (const entry of entries) {
      if (!isAlias(entry)) {
        const isKnown = records.some((record) => 'address' in record && record.address === entry.host)
        if (isIP(entry.host) === (type === TYPES.A ? 4 : 6) && !isKnown)
          records.push({ type: type === TYPES.A ? 'A' : 'AAAA', address: entry.host, owner, ttl: TTL })
        continue
      }
      const alias: DnsRecord = { type: 'CNAME', name: entry.host, owner, ttl: TTL }
      const target = entry.host.toLowerCase()
      const isLoop = target === owner.toLowerCase() || chain.some((each) => each.owner.toLowerCase() === target)
      if (isLoop || chain.length >= MAX_CHAIN) continue
      if (!inCluster(target)) records.push(alias, ...(lookUp(entry.host, type)?.answers ?? []))
      else {
        const next = addresses(entry.host, type, entriesOf(target) ?? [], [...chain, alias])
        if (next.length > 0) records.push(alias, ...next)
      }
    }
    return records
  }

  const locations = (owner: string, entries: ServiceEntry[]): Found => {
    const weight = Math.max(1, Math.floor(100 / entries.length))
    const answers = new Map<string, DnsRecord>()
    const additionals = new Map<string, DnsRecord>()
    for (const entry of entries) {
      if (entry.port === undefined) continue
      const target = isAlias(entry) ? entry.host : entry.domain
      answers.set(`${target}:${entry.port}`, { type: 'SRV', priority: 0, weight, port: entry.port, target, owner, ttl: TTL })
      if (!isAlias(entry))
        additionals.set(`${target} ${entry.host}`, {
          type: isIP(entry.host) === 4 ? 'A' : 'AAAA',
          address: entry.host,
          owner: target,
          ttl: TTL,
        })
    }
    return { answers: [...answers.values()], additionals: [...additionals.values()] }
  }

  const soa = (owner: string): DnsRecord => ({
    type: 'SOA',
    server: `ns.dns${ending}`,
    mailbox: `hostmaster${ending}`,
    serial: Math.floor(Date.now() / 1000),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: TTL,
    owner,
    ttl: TTL,
  })

  return {
    answer(query) {
      const found = lookUp(query.name, query.type)
      const isOurs = inCluster(query.name.toLowerCase())
      const isEmpty = found === undefined || found.answers.length === 0
      return {
        code: found === undefined ? CODES.NXDOMAIN : CODES.NOERROR,
        authoritative: isOurs || (found !== undefined && query.type === TYPES.PTR),
        answers: found?.answers ?? [],
        // How long it may be remembered that there is nothing (RFC 2308).
        authorities: isEmpty ? [soa(isOurs ? domain : '')] : [],
        additionals: found?.additionals ?? [],
      }
    },
  }
}

const isAlias = ({ host }: ServiceEntry) => isIP(host) === 0

/** Of a name below in-addr.arpa or ip6.arpa. */
function reverseAddress(name: string): string | undefined {
  const v4 = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name)?.[1]
  if (v4 !== undefined) return v4.slice(0, -1).split('.').toReversed().join('.')
  const v6 = /^((?:[\da-f]\.){32})ip6\.arpa$/.exec(name)?.[1]
  const digits = v6?.slice(0, -1).split('.').toReversed().join('')
  return digits?.match(/.{4}/g)?.join(':')
}
