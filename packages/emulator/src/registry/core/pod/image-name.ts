const reference = /^(.+?)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$/
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domain =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?'
const repository = new RegExp(`^(?:${domain}/)?${component}(?:/${component})*$`)

/** When a container's image is pulled if nobody says: each time where the tag is `latest` or missing, once where it is another or a digest. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const match = reference.exec(image)
  // A repository's name has an end.
  if (match === null || match[1]!.length > 255 || !repository.test(match[1]!) || /^[0-9a-f]{64}$/.test(image)) return 'IfNotPresent'
  const [, , tag, digest] = match
  if (tag === undefined) return digest === undefined ? 'Always' : 'IfNotPresent'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}
