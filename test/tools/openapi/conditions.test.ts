import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDescription } from '../../../functions/shared/http/api-description.ts'
import { ROOT } from '../../../tools/support/settings.ts'

/** Changes that need no condition, by their ids, with the reasons. */
const UNCONDITIONAL: Readonly<Record<string, string>> = {
  holdSlot: 'A heartbeat creates nothing, and overwrites nothing that a client has set.',
}

const described = await Promise.all(
  globSync('functions/*/api-description.ts', { cwd: ROOT }).map(async (file) => {
    const { apiDescription }: { apiDescription: ApiDescription } = await import(join(ROOT, file))
    return apiDescription
  }),
)

/** All routes that put something at a place where something may be, or change what is there. */
const changes = described.flatMap(({ operations }) =>
  operations.filter(({ routeKey }) => /^(PUT|PATCH) /.test(routeKey)),
)

test('there are changes to look at', () => {
  expect(changes).not.toEqual([])
})

test.each(changes)('$routeKey ($id) takes If-None-Match: *, or is a named exception', (operation) => {
  const { id, conditional = false, onlyIfAbsent = false } = operation
  const ways = { conditional, onlyIfAbsent, exception: Object.hasOwn(UNCONDITIONAL, id) }
  // A resource has an ETag or none, and an exception has no condition at all.
  expect(Object.values(ways).filter(Boolean)).toEqual([true])
})
