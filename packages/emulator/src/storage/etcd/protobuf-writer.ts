const VARINT = 0
const BYTES = 2

/** A protobuf message of these fields. Fields of the value that proto3 takes for granted are left out. */
export const message = (...fields: Uint8Array[]): Uint8Array => Buffer.concat(fields)

/** A whole number that is not negative. */
export function integer(field: number, value: number): Uint8Array {
  return value === 0 ? nothing : Buffer.from([...varint(tag(field, VARINT)), ...varint(value)])
}

export const flag = (field: number, value: boolean): Uint8Array => integer(field, value ? 1 : 0)

export function text(field: number, value: string): Uint8Array {
  return value === '' ? nothing : bytes(field, Buffer.from(value))
}

/** Bytes or a message; written even if they are empty. */
export function bytes(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...varint(tag(field, BYTES)), ...varint(value.length)]), value])
}

const nothing = Buffer.alloc(0)

const tag = (field: number, wireType: number) => field * 8 + wireType

function varint(value: number): number[] {
  const found: number[] = []
  let left = value
  for (; left > 0x7f; left = Math.floor(left / 0x80)) found.push((left % 0x80) | 0x80)
  found.push(left)
  return found
}
