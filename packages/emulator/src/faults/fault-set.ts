import type { Clock } from '../apimachinery/clock.ts'
import type { OpenWatch } from '../endpoints/services.ts'
import { EmulatorError } from '../errors.ts'
import { checkFaults } from './check.ts'
import type { Fault, FaultState } from './fault.ts'
import { createPlacedFault, type PlacedFault } from './placed-fault.ts'
import { watchExpired } from './streams.ts'

/** What is wrong with the server, now. */
export interface FaultSet {
  /**
   * From now on the fault may happen. Watches that are open are closed or expired by a fault that says so. Gives the fault's id.
   * @throws EmulatorError ERR_FAULT for what is no fault, or an id that is taken
   */
  add(fault: Fault): string
  /** False if there is no such fault. */
  remove(id: string): boolean
  /** In the order in which they were added. */
  list(): FaultState[]
  clear(): void
}

/** What faults do to the server as a whole. */
export interface ServerControls {
  /** Puts a new token into the Pod's file. */
  renewToken(): Promise<void>
  /** Makes a certificate of another CA, which takes a while. */
  prepareCertificate(): Promise<void>
  /** Shows a certificate of another CA, or again the right one, to connections from now on; the open ones are dropped. */
  changeCertificate(isRight: boolean): Promise<void>
  /** Drops connections, and refuses new ones for so many milliseconds. */
  goDown(milliseconds: number): Promise<void>
}

/** Asked about each request; `current` is undefined while there is no fault. */
export interface FaultSource {
  current: readonly PlacedFault[] | undefined
  readonly controls: ServerControls
}

export interface FaultSetOptions {
  clock: Clock
  controls: ServerControls
  openWatches(): Iterable<OpenWatch>
}

export interface FaultSetOfServer extends FaultSet {
  readonly source: FaultSource
  /** Adds a fault that somebody asks for over a connection, who is to have an answer first. */
  addAfterAnswer(fault: Fault): Promise<string>
}

/** For an answer to leave before its connection is dropped, in milliseconds. */
const answerMs = 100

export function createFaultSet({ clock, controls, openWatches }: FaultSetOptions): FaultSetOfServer {
  const source: FaultSource = { current: undefined, controls }
  let numbered = 0
  const keep = (faults: readonly PlacedFault[]) => {
    source.current = faults.length === 0 ? undefined : faults
  }
  const newId = () => {
    do numbered++
    while (source.current?.some(({ fault }) => fault.id === `fault-${numbered}`))
    return `fault-${numbered}`
  }
  const place = (given: Fault, graceMs: number) => {
    const [fault] = checkFaults([given])
    const id = fault!.id ?? newId()
    if (source.current?.some((each) => each.fault.id === id)) throw new EmulatorError('ERR_FAULT', `there is a fault "${id}" already`)
    const placed = createPlacedFault({ ...structuredClone(fault!), id }, clock)
    keep([...(source.current ?? []), placed])
    placed.begin(controls, graceMs)
    disturbOpenWatches(placed, openWatches())
    return id
  }
  return {
    source,
    add: (fault) => place(fault, 0),
    async addAfterAnswer(fault) {
      if (fault.certificateAuthority !== undefined) await controls.prepareCertificate()
      return place(fault, answerMs)
    },
    remove(id) {
      const found = source.current?.find(({ fault }) => fault.id === id)
      if (found === undefined) return false
      keep(source.current!.filter((each) => each !== found))
      found.end(controls)
      return true
    },
    list: () => (source.current ?? []).map(({ fault, counts }) => ({ fault, ...counts })),
    clear() {
      const all = source.current ?? []
      keep([])
      for (const each of all) each.end(controls)
    },
  }
}

/** Those that are open already, by a fault that does not wait. */
function disturbOpenWatches(placed: PlacedFault, openWatches: Iterable<OpenWatch>): void {
  const { watch } = placed.fault
  if (watch === undefined || watch.after !== undefined || watch.afterEvents !== undefined || watch.stall || watch.dropBookmarks) return
  for (const open of [...openWatches]) {
    if (!placed.take(open.info, open.user)) continue
    if (watch.expire) open.fail(watchExpired())
    else open.end()
  }
}
