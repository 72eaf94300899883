import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The licences of all third-party packages among a bundle's inputs (paths relative to `folder`), as one text; '' if there are none. */
export function noticesOf(inputs: string[], folder: string): string {
  const packages = new Set(inputs.flatMap((input) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(resolve(folder, input))?.[0] ?? []))
  return [...packages]
    .sort()
    .map((pack) => {
      const { name, version, license } = JSON.parse(readFileSync(join(pack, 'package.json'), 'utf8'))
      const texts = readdirSync(pack).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
      const body = texts.filter((file) => existsSync(join(pack, file))).map((file) => readFileSync(join(pack, file), 'utf8').trim())
      return `${name} ${version} (${license})\n\n${body.join('\n\n')}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
