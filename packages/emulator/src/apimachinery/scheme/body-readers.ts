import { type BodyReaders, readJsonBody } from './decode-body.ts'

/** How each media type that the API takes is read. */
export const bodyReaders: BodyReaders = { 'application/json': readJsonBody }
