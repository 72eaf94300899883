import { createHash } from 'node:crypto'

/** What documents about the API are told apart by, in their tags and in the `hash=` of their addresses: SHA-512 in capital letters. */
export const contentHash = (content: string | Uint8Array): string => createHash('sha512').update(content).digest('hex').toUpperCase()
