import { newNotAcceptable } from '../../apimachinery/status-error.ts'
import type { ApiRequest, ApiResponse } from '../http.ts'
import { matchesMedia, parseAccept } from '../negotiation/accept.ts'
import { wantsPretty } from '../negotiation/output.ts'
import { respond, respondText } from '../responses.ts'

const caution =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'

/** A page of KEP-4827 or KEP-4828: text for people, or an object of a group of its own for programs. */
interface ZPage {
  kind: 'Statusz' | 'Flagz'
  text: readonly string[]
  fields: Record<string, unknown>
}

const mediaTypes = ['application/json', 'application/yaml', 'text/plain']

/** @throws StatusError 406 where Accept names neither text nor the page's own kind */
function serveZPage(request: ApiRequest, { kind, text, fields }: ZPage): ApiResponse {
  for (const clause of parseAccept(request.headers['accept'] || '*/*')) {
    const { as, v: version, g: group } = clause.params
    if (as === undefined && matchesMedia(clause, 'text/plain')) {
      const body = `\napiserver ${kind.toLowerCase()}\n${caution}\n${text.join('\n')}\n`
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
    }
    const media = mediaTypes.slice(0, 2).find((each) => matchesMedia(clause, each))
    if (media === undefined || as !== kind || group !== 'config.k8s.io' || (version !== 'v1beta1' && version !== 'v1alpha1')) continue
    const object = { kind, apiVersion: `config.k8s.io/${version}`, metadata: { name: 'apiserver' }, ...fields }
    const answer = respond(200, object, { media: media.endsWith('yaml') ? 'yaml' : 'json', pretty: wantsPretty(request) })
    answer.headers['content-type'] = `${media};g=${group};v=${version};as=${kind}`
    if (version === 'v1alpha1')
      answer.headers['warning'] = `299 - "This version of the ${kind.toLowerCase()} endpoint is deprecated. Please use a newer version."`
    return answer
  }
  throw newNotAcceptable(mediaTypes)
}

export interface Uptime {
  /** In milliseconds since 1970. */
  startedAt: number
  now: number
}

const paths = ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version']

/** `GET /statusz`. */
export function serveStatus(request: ApiRequest, { startedAt, now }: Uptime, binaryVersion: string, goVersion: string): ApiResponse {
  const seconds = Math.floor((now - startedAt) / 1000)
  const pad = (count: number) => String(count).padStart(2, '0')
  const started = new Date(startedAt)
  const [weekday, day, month, year, time] = started.toUTCString().replace(',', '').split(' ')
  const emulationVersion = binaryVersion.split('.').slice(0, 2).join('.')
  const text = [
    '',
    `Started= ${weekday} ${month} ${day!.replace(/^0/, ' ')} ${time} UTC ${year}`,
    `Up= ${Math.floor(seconds / 3600)} hr ${pad(Math.floor(seconds / 60) % 60)} min ${pad(seconds % 60)} sec`,
    `Go version= ${goVersion}`,
    `Binary version= ${binaryVersion}`,
    `Emulation version= ${emulationVersion}`,
    `Paths= ${paths.join(' ')}`,
  ]
  const startTime = started.toISOString().replace(/\.\d+Z/, 'Z')
  return serveZPage(request, {
    kind: 'Statusz',
    text,
    fields: { startTime, uptimeSeconds: seconds, goVersion, binaryVersion, emulationVersion, paths },
  })
}

/** `GET /flagz`: those of kube-apiserver's flags that say something about this server. */
export function serveFlags(request: ApiRequest, flags: Readonly<Record<string, string>>): ApiResponse {
  const text = Object.entries(flags).map(([name, value]) => `${name} ${value}`)
  return serveZPage(request, { kind: 'Flagz', text, fields: { flags } })
}

/** `/debug/pprof`: the place is there, its profiles are another runtime's. */
export function serveProfiles(request: ApiRequest, path: string): ApiResponse {
  if (path === '/debug/pprof') {
    const get = request.method === 'GET'
    const headers = {
      location: '/debug/pprof/',
      ...(get || request.method === 'HEAD' ? { 'content-type': 'text/html; charset=utf-8' } : {}),
    }
    return { status: 302, headers, body: get ? '<a href="/debug/pprof/">Found</a>.\n\n' : '' }
  }
  if (path !== '/debug/pprof/') {
    const answer = respondText(404, 'Unknown profile\n')
    answer.headers['x-go-pprof'] = '1'
    return answer
  }
  const html =
    '<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n/debug/pprof/\n<br>\nThere are no profiles here.\n</body>\n</html>\n'
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' }, body: html }
}
