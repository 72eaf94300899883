/** What `kubectl proxy` lets pass by default (kubectl/pkg/proxy, FilterServer). */
const ACCEPTED_HOSTS = [/^localhost$/, /^127\.0\.0\.1$/, /^\[::1\]$/]
const REJECTED_PATHS = [/^\/api\/.*\/pods\/.*\/exec/, /^\/api\/.*\/pods\/.*\/attach/]

/**
 * Whether a request may pass: by its decoded path, and the host that it names, so that no web page can use the proxy through a name of its own.
 * @param host the header, with or without a port
 */
export function isAccepted(path: string, host: string): boolean {
  return !REJECTED_PATHS.some((pattern) => pattern.test(path)) && ACCEPTED_HOSTS.some((pattern) => pattern.test(withoutPort(host)))
}

/** As Go's `net.SplitHostPort` does it: an IPv6 address with a port loses its brackets, and is then not accepted. */
function withoutPort(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:[\]]*)):[^:[\]]*$/.exec(host) ?? []
  return bracketed ?? plain ?? host
}

/** The path that Go's multiplexer redirects to, which is the same for one that is clean (net/http, cleanPath). */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/') ? path : `/${path}`
  const kept: string[] = []
  for (const segment of rooted.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    else kept.push(segment)
  }
  const clean = `/${kept.join('/')}`
  return rooted.endsWith('/') && clean !== '/' ? `${clean}/` : clean
}
