/** What {@link EmulatorError} may carry besides its message. */
export interface EmulatorErrorOptions {
  /** What to do next, as a sentence of its own. */
  hint?: string | undefined
  /** The error that led to this one. */
  cause?: unknown
}

/** An error for the person at the terminal: `message` says what is wrong and where, `hint` what to do; `code` is stable. */
export class EmulatorError extends Error {
  readonly code: `ERR_${string}`
  readonly hint?: string

  constructor(code: `ERR_${string}`, message: string, { hint, cause }: EmulatorErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EmulatorError'
    this.code = code
    if (hint !== undefined) this.hint = hint
  }
}
