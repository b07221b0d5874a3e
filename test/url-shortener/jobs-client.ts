import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aClient, type ClientOptions } from './a-client.ts'

/** A step of a job, and the news of an upload, take seconds on a busy machine. */
const WITHIN_MS = 120_000

/** A client of the deployed API that imports and exports links. */
export async function aJobsClient(options: ClientOptions = {}) {
  const client = await aClient(options)
  const { send } = client
  const start = async (kind: 'imports' | 'exports', headers: Record<string, string> = {}) =>
    answered(202, await send(`/v1/${kind}`, { method: 'POST', headers })).json
  const stateOf = async (kind: 'imports' | 'exports', id: string) => answered(200, await send(`/v1/${kind}/${id}`)).json
  /** Waits until a job has ended, and returns its last state. */
  const ended = (kind: 'imports' | 'exports', id: string) =>
    eventually(
      async () => {
        const state = await stateOf(kind, id)
        expect(['done', 'failed']).toContain(state.status)
        return state
      },
      { deadlineMs: WITHIN_MS },
    )
  return {
    ...client,
    start,
    stateOf,
    ended,
    upload,
    /** Imports a file, and returns the last state of the import. */
    importFile: async (csv: string | Uint8Array) => {
      const { jobId, uploadUrl } = await start('imports')
      await upload(uploadUrl, csv)
      return ended('imports', jobId)
    },
    /** Exports all links, and returns the file. */
    exportFile: async () => {
      const { url } = await ended('exports', (await start('exports')).jobId)
      const response = await fetch(url)
      if (response.status !== 200) throw new Error(`The export was answered with ${response.status}.`)
      return response
    },
    links: async () => answered(200, await send('/v1/links?limit=100')).json.items,
  }
}

async function upload(url: string, csv: string | Uint8Array): Promise<void> {
  const { status } = await fetch(url, { method: 'PUT', body: csv as string })
  if (status !== 200) throw new Error(`The upload was answered with ${status}.`)
}
