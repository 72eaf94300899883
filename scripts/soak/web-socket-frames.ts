const closeOpcode = 8
const textOpcode = 1

/** Reads what a server sends, whose frames carry no mask, and whose events take one frame each (RFC 6455, section 5.2). */
export function createFrameReader(onText: (text: string) => void, onClose: () => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
      rest = rest.subarray(frame.end)
      if (frame.opcode === textOpcode) onText(frame.payload.toString())
      if (frame.opcode === closeOpcode) onClose()
    }
  }
}

function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + length) return undefined
  return { opcode: bytes[0]! & 0xf, payload: bytes.subarray(start, start + length), end: start + length }
}
