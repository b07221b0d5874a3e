import { readSent } from './deliver/read-sent.ts'
import type { RenderParts } from './deliver/render-parts.ts'
import type { ReadPerson } from './domain/person.ts'
import { type RunReplay, type RunReplayDeps, runReplay } from './webhooks/run-replay.ts'

export interface ReplayOptions extends Omit<RunReplayDeps, 'renderBody'> {
  readPerson: ReadPerson
  renderParts: RenderParts
}

/** Creates what sends a webhook once more. Workers load it with their first replay. */
export function createReplay({ readPerson, renderParts, ...deps }: ReplayOptions): RunReplay {
  return runReplay({
    ...deps,
    async renderBody(tracked, signal) {
      const notification = await readSent(tracked, deps.readNotification, signal)
      if (!notification) return undefined
      const { tenant, to } = notification
      const person = 'userId' in to ? await readPerson({ tenant, userId: to.userId }, signal) : undefined
      const rendered = await renderParts({ notification, channel: 'webhook', person }, signal)
      return rendered.outcome === 'rendered' ? rendered.parts.body : undefined
    },
  })
}
