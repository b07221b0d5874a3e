import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { EventsDescription } from '../../functions/shared/events/events-description.ts'
import type { ApiDescription } from '../../functions/shared/http/api-description.ts'
import type { FramesDescription } from '../../functions/shared/websocket/frames-description.ts'
import { ROOT } from '../support/settings.ts'
import { asyncApiDocument } from './asyncapi-document.ts'
import { clientTypes } from './client-types.ts'
import { eventDocument } from './event-document.ts'
import { openApiDocument } from './openapi-document.ts'

/** Builds each system's OpenAPI document, by its file. */
export async function openApiDocuments(): Promise<Record<string, string>> {
  const documents: Record<string, string> = {}
  for (const file of globSync('functions/*/api-description.ts', { cwd: ROOT })) {
    const { apiDescription } = (await import(join(ROOT, file))) as { apiDescription: ApiDescription }
    const name = `docs/api/${basename(dirname(file))}.openapi.json`
    documents[name] = `${JSON.stringify(openApiDocument(apiDescription), null, 2)}\n`
  }
  return documents
}

/** Builds the JSON Schema of each system's events, by its file. */
async function eventDocuments(): Promise<Record<string, string>> {
  const documents: Record<string, string> = {}
  for (const file of globSync('functions/*/events-description.ts', { cwd: ROOT })) {
    const { eventsDescription } = (await import(join(ROOT, file))) as { eventsDescription: EventsDescription }
    const name = `docs/api/${basename(dirname(file))}.events.json`
    documents[name] = `${JSON.stringify(eventDocument(eventsDescription), null, 2)}\n`
  }
  return documents
}

/** Builds the AsyncAPI document of each system's WebSocket API, by its file. */
export async function asyncApiDocuments(): Promise<Record<string, string>> {
  const documents: Record<string, string> = {}
  for (const file of globSync('functions/*/frames-description.ts', { cwd: ROOT })) {
    const { framesDescription } = (await import(join(ROOT, file))) as { framesDescription: FramesDescription }
    const name = `docs/api/${basename(dirname(file))}.asyncapi.json`
    documents[name] = `${JSON.stringify(asyncApiDocument(framesDescription), null, 2)}\n`
  }
  return documents
}

/** Builds the client types of each system's API, by their file. */
function clientDocuments(openApi: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(openApi)
  return Object.fromEntries(entries.map(([file, text]) => [file.replace('.openapi.json', '.d.ts'), clientTypes(text)]))
}

/** Builds all files of `docs/api`. */
export async function apiDocuments(): Promise<Record<string, string>> {
  const openApi = await openApiDocuments()
  return { ...openApi, ...clientDocuments(openApi), ...(await eventDocuments()), ...(await asyncApiDocuments()) }
}

/** `npm run openapi` */
export async function writeDocuments(): Promise<void> {
  for (const [file, text] of Object.entries(await apiDocuments())) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true })
    writeFileSync(join(ROOT, file), text)
    console.log(`Wrote ${file}`)
  }
}
