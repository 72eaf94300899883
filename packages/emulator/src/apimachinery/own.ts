/** What a map from outside holds under a name; names such as `constructor`, which all objects inherit, are not in it. */
export const own = <T>(map: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined =>
  map !== null && map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
