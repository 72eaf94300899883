/** What a variable stands for. */
export type Mapping = (name: string) => string

/** Looks a name up in each of `contexts` in turn; a name that is in none stays as it was written (third_party/forked/golang/expansion). */
export function mappingOf(...contexts: ReadonlyArray<Readonly<Record<string, string>>>): Mapping {
  return (name) => contexts.find((context) => Object.hasOwn(context, name))?.[name] ?? `$(${name})`
}

/** Replaces `$(NAME)`; `$$` is a dollar sign that begins no reference. */
export function expand(text: string, mapping: Mapping): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => (whole === '$$' ? '$' : mapping(name ?? '')))
}
