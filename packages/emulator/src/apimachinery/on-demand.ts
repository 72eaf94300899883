/** What is loaded when it is first needed, as most runs need it never. */
export interface OnDemand<T> {
  /** What has been loaded; undefined before. */
  readonly value: T | undefined
  /** Loads it; undefined if it is there. */
  load(): Promise<void> | undefined
}

export function onDemand<T>(load: () => Promise<T>): OnDemand<T> {
  let value: T | undefined
  return {
    get value() {
      return value
    },
    load() {
      if (value !== undefined) return undefined
      return load().then((loaded) => {
        value = loaded
      })
    },
  }
}
