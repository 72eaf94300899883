/** How many bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return Math.floor(text.length / 4) * 3 - padding
}

export const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
export const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')
