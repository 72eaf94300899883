import type { Area } from '../area.ts'
import { mutate } from '../mutate.ts'
import { named, sound } from '../sound.ts'

/** What a server says to new objects of all kinds, most of them with something wrong; none is kept. */
export const creates: Area = {
  *round(random, namespace, name) {
    const { body, path } = random.pick(sound)
    const validation = random.pick(['', '', '', '&fieldValidation=Strict', '&fieldValidation=Ignore'])
    const target = `${path.replace('/NS/', `/${namespace}/`)}?dryRun=All${validation}`
    const metadata = random.chance(0.05) ? { ...body.metadata, generateName: 'gen-' } : named(body, name).metadata
    const object = mutate(random, { ...body, metadata }, random.pick([1, 1, 1, 2, 3]))
    yield { method: 'POST', path: target, body: JSON.parse(JSON.stringify(object).replaceAll('"NS"', `"${namespace}"`)) }
  },
}
