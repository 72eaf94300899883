/** URLs, IP addresses and networks (apiserver, cel/library/{urls,ip,cidr}.go). */
import { quote } from '../../quote.ts'
import { type CIDR, formatIP, type IPAddress, maskIP, parseCIDR, parseIP } from '../../validation/index.ts'
import { CelError } from '../issues.ts'
import type { OverloadRow } from '../overload.ts'
import { type CelOpaque, listValue, mapValue } from '../values.ts'
import { addressProblem, prefixProblem } from './net-address.ts'

interface Address {
  text: string
  ip: IPAddress
  equals(other: unknown): boolean
}

interface Network extends Address {
  cidr: CIDR
}

const opaque = (type: string, data: unknown): CelOpaque => ({ tag: 'opaque', type, data })

function addressOf(ip: IPAddress): Address {
  const text = formatIP(ip)
  return { text, ip, equals: (other) => (other as Address).text === text }
}

/** @throws CelError */
function parseAddress(raw: string): IPAddress {
  const problem = addressProblem(raw)
  if (problem !== undefined) throw new CelError(`IP Address ${quote(raw)} parse error during conversion from string: ${problem}`)
  if (raw.includes('%')) throw new CelError(`IP address ${quote(raw)} with zone value is not allowed`)
  const ip = parseIP(raw)!
  if (ip.mapped) throw new CelError(`IPv4-mapped IPv6 address ${quote(raw)} is not allowed`)
  return ip
}

/** @throws CelError */
function parseNetwork(raw: string): CIDR {
  const problem = prefixProblem(raw)
  // The server says it twice.
  const conversion = 'network address parse error during conversion from string: '
  if (problem !== undefined) throw new CelError(conversion + conversion + problem)
  const cidr = parseCIDR(raw)!
  if (cidr.address.mapped) throw new CelError(`IPv4-mapped IPv6 address ${quote(raw)} is not allowed`)
  return cidr
}

function networkOf(cidr: CIDR): Network {
  const text = `${formatIP(cidr.address)}/${cidr.prefixLength}`
  return { text, ip: cidr.address, cidr, equals: (other) => (other as Network).text === text }
}

const succeeds = (parse: () => unknown): boolean => {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

function containsAddress({ cidr }: Network, ip: IPAddress): boolean {
  if (cidr.address.family !== ip.family) return false
  const [own, other] = [maskIP(cidr), maskIP({ ...cidr, address: ip })]
  return own.bytes.every((byte, i) => byte === other.bytes[i])
}

const containsNetwork = (outer: Network, inner: Network) =>
  outer.cidr.prefixLength <= inner.cidr.prefixLength && containsAddress(outer, inner.ip)

const kinds: Readonly<Record<string, (ip: IPAddress) => boolean>> = {
  isUnspecified: ({ bytes }) => bytes.every((byte) => byte === 0),
  isLoopback: ({ family, bytes }) => (family === 4 ? bytes[0] === 127 : bytes.every((byte, i) => byte === (i === 15 ? 1 : 0))),
  isLinkLocalMulticast: ({ family, bytes }) =>
    family === 4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 0xff && (bytes[1]! & 0x0f) === 2,
  isLinkLocalUnicast: ({ family, bytes }) =>
    family === 4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80,
  isGlobalUnicast: (ip) => {
    const { family, bytes } = ip
    const multicast = family === 4 ? bytes[0]! >= 224 && bytes[0]! <= 239 : bytes[0] === 0xff
    const broadcast = family === 4 && bytes.every((byte) => byte === 255)
    return !multicast && !broadcast && !kinds['isUnspecified']!(ip) && !kinds['isLoopback']!(ip) && !kinds['isLinkLocalUnicast']!(ip)
  },
}

const ipOf = (value: CelOpaque) => (value.data as Address).ip
const networkIn = (value: CelOpaque) => value.data as Network
const toAddress = (ip: IPAddress) => opaque('net.IP', addressOf(ip))
const toNetwork = (cidr: CIDR) => opaque('net.CIDR', networkOf(cidr))

const addresses: OverloadRow[] = [
  ['string_to_ip', 'ip(string): IP', (text: string) => toAddress(parseAddress(text))],
  ['ip_family', 'IP::family(): int', (ip: CelOpaque) => BigInt(ipOf(ip).family)],
  ['ip_is_canonical', 'ip.isCanonical(string): bool', (text: string) => formatIP(parseAddress(text)) === text],
  ['is_ip', 'isIP(string): bool', (text: string) => succeeds(() => parseAddress(text))],
  ['ip_to_string', 'string(IP): string', (ip: CelOpaque) => (ip.data as Address).text],
  ...Object.entries(kinds).map(([name, test]): OverloadRow => [`ip_${name}`, `IP::${name}(): bool`, (ip: CelOpaque) => test(ipOf(ip))]),
]

const networks: OverloadRow[] = [
  ['string_to_cidr', 'cidr(string): CIDR', (text: string) => toNetwork(parseNetwork(text))],
  [
    'cidr_contains_ip_string',
    'CIDR::containsIP(string): bool',
    (cidr: CelOpaque, text: string) => {
      if (!succeeds(() => parseAddress(text))) throw new CelError('no such overload')
      return containsAddress(networkIn(cidr), parseAddress(text))
    },
  ],
  ['cidr_contains_ip_ip', 'CIDR::containsIP(IP): bool', (cidr: CelOpaque, ip: CelOpaque) => containsAddress(networkIn(cidr), ipOf(ip))],
  [
    'cidr_contains_cidr_string',
    'CIDR::containsCIDR(string): bool',
    (cidr: CelOpaque, text: string) => containsNetwork(networkIn(cidr), networkOf(parseNetwork(text))),
  ],
  ['cidr_contains_cidr', 'CIDR::containsCIDR(CIDR): bool', (a: CelOpaque, b: CelOpaque) => containsNetwork(networkIn(a), networkIn(b))],
  ['cidr_ip', 'CIDR::ip(): IP', (cidr: CelOpaque) => toAddress(ipOf(cidr))],
  ['cidr_prefix_length', 'CIDR::prefixLength(): int', (cidr: CelOpaque) => BigInt(networkIn(cidr).cidr.prefixLength)],
  [
    'cidr_masked',
    'CIDR::masked(): CIDR',
    (cidr: CelOpaque) => toNetwork({ ...networkIn(cidr).cidr, address: maskIP(networkIn(cidr).cidr) }),
  ],
  ['is_cidr', 'isCIDR(string): bool', (text: string) => succeeds(() => parseNetwork(text))],
  ['cidr_to_string', 'string(CIDR): string', (cidr: CelOpaque) => networkIn(cidr).text],
]

interface ParsedUrl {
  text: string
  scheme: string
  host: string
  path: string
  query: string
  equals(other: unknown): boolean
}

/** Absolute, or absolute as a path: what may stand in a request line. @throws CelError */
function parseUrl(text: string): ParsedUrl {
  const fail = (why: string) => new CelError(`URL parse error during conversion from string: parse ${quote(text)}: ${why}`)
  if (text === '') throw fail('empty url')
  if (/[\x00-\x1f\x7f]/.test(text)) throw fail('net/url: invalid control character in URL')
  // Checked with the fragment, read without it.
  const [before = '', query = ''] = text.replace(/#.*$/s, '').split(/\?(.*)/s)
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(before)?.[1] ?? ''
  if (before.startsWith(':')) throw fail('missing protocol scheme')
  const rest = scheme === '' ? before : before.slice(scheme.length + 1)
  if (scheme === '' && !rest.startsWith('/')) throw fail('invalid URI for request')
  const [, authority = '', path = ''] = rest.startsWith('//') && scheme !== '' ? (/^\/\/([^/]*)(.*)$/s.exec(rest) ?? []) : ['', '', rest]
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const port = /:([^\]:]*)$/.exec(host)?.[1]
  if (port !== undefined && !/^\d*$/.test(port)) throw fail(`invalid port ${quote(`:${port}`)} after host`)
  const bad = /[ "<>\\^`{|}]/.exec(host)
  if (bad !== null) throw fail(`invalid character ${quote(bad[0])} in host name`)
  return { text, scheme: scheme.toLowerCase(), host, path, query, equals: (other) => (other as ParsedUrl).text === text }
}

const url = (value: CelOpaque) => value.data as ParsedUrl
const portOf = (host: string) => /:(\d*)$/.exec(host)?.[1] ?? ''
const hostname = (host: string) => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')

function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@!'()*%[\]]/gu, (character) => encodeURIComponent(character))
}

function queryOf(query: string) {
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) values.set(name, [...(values.get(name) ?? []), value])
  return mapValue([...values].map(([name, all]) => [name, listValue(all)] as const))
}

const urls: OverloadRow[] = [
  ['string_to_url', 'url(string): URL', (text: string) => opaque('kubernetes.URL', parseUrl(text))],
  ['url_get_scheme', 'URL::getScheme(): string', (value: CelOpaque) => url(value).scheme],
  ['url_get_host', 'URL::getHost(): string', (value: CelOpaque) => url(value).host],
  ['url_get_hostname', 'URL::getHostname(): string', (value: CelOpaque) => hostname(url(value).host)],
  ['url_get_port', 'URL::getPort(): string', (value: CelOpaque) => portOf(url(value).host)],
  ['url_get_escaped_path', 'URL::getEscapedPath(): string', (value: CelOpaque) => escapedPath(url(value).path)],
  ['url_get_query', 'URL::getQuery(): map(string, list(string))', (value: CelOpaque) => queryOf(url(value).query)],
  ['is_url_string', 'isURL(string): bool', (text: string) => succeeds(() => parseUrl(text))],
]

export const network: OverloadRow[] = [...urls, ...addresses, ...networks]
