const reference = /^(.+?)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$/
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domain =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?'
const repository = new RegExp(`^(?:${domain}/)?${component}(?:/${component})*$`)

/** What stands after the domain, with the `library/` that names of one part stand for. It has at most 255 characters. */
function pathOf(name: string): string {
  const slash = name.indexOf('/')
  const first = name.slice(0, slash)
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  const path = isDomain ? name.slice(slash + 1) : name
  const isDocker = !isDomain || first === 'docker.io' || first === 'index.docker.io'
  return isDocker && !path.includes('/') ? `library/${path}` : path
}

/** When a container's image is pulled if nobody says: each time where the tag is `latest` or missing, once where it is another or a digest. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const match = reference.exec(image)
  if (match === null || pathOf(match[1]!).length > 255 || !repository.test(match[1]!) || /^[0-9a-f]{64}$/.test(image)) return 'IfNotPresent'
  const [, , tag, digest] = match
  if (tag === undefined) return digest === undefined ? 'Always' : 'IfNotPresent'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}
