const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '?': '?',
  '`': '`',
}

interface Unquoted {
  body: string
  raw: boolean
}

function unquote(token: string): Unquoted {
  const raw = /^[rR]/.test(token)
  const quoted = raw ? token.slice(1) : token
  const length = /^("""|''')/.test(quoted) ? 3 : 1
  return { body: quoted.slice(length, -length).replaceAll('\r\n', '\n').replaceAll('\r', '\n'), raw }
}

const escapes = /\\(?:([abfnrtv"'\\?`])|([0-3][0-7][0-7])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/gu

/** The text that a string literal stands for. */
export function stringOf(token: string): string {
  const { body, raw } = unquote(token)
  if (raw) return body
  return body.replace(escapes, (_, simple, octal, byte, short, long) => {
    if (simple !== undefined) return simpleEscapes[simple]!
    return String.fromCodePoint(octal === undefined ? Number.parseInt(byte ?? short ?? long, 16) : Number.parseInt(octal, 8))
  })
}

/** The bytes that a literal such as b'…' stands for. */
export function bytesOf(token: string): Uint8Array {
  const { body, raw } = unquote(token.slice(1))
  if (raw) return Buffer.from(body)
  const parts: Buffer[] = []
  let last = 0
  for (const match of body.matchAll(escapes)) {
    parts.push(Buffer.from(body.slice(last, match.index)))
    const [whole, simple, octal, byte, short, long] = match
    if (simple !== undefined) parts.push(Buffer.from(simpleEscapes[simple]!))
    else if (octal !== undefined) parts.push(Buffer.from([Number.parseInt(octal, 8)]))
    else if (byte !== undefined) parts.push(Buffer.from([Number.parseInt(byte, 16)]))
    else parts.push(Buffer.from(String.fromCodePoint(Number.parseInt((short ?? long)!, 16))))
    last = match.index + whole.length
  }
  parts.push(Buffer.from(body.slice(last)))
  return Buffer.concat(parts)
}
