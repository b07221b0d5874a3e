import type { Priority } from '../domain/channel.ts'
import type { Summary } from '../domain/notification.ts'
import type { Status } from '../domain/status.ts'

/** A notification as lists have it. */
export interface Listed extends Summary {
  readonly id: string
  readonly category: string
  readonly priority: Priority
  readonly userId?: string | undefined
  readonly reference: string | null
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** The last notification of a page. */
export type ListPosition = Pick<Listed, 'id' | 'createdAt'>

/** Reads notifications of a tenant, or of one of its users, the newest first. */
export type ReadListed = (
  query: {
    readonly tenant: string
    readonly userId: string | undefined
    readonly after: ListPosition | undefined
    readonly limit: number
  },
  signal: AbortSignal,
) => Promise<{ readonly items: readonly Listed[]; readonly next?: ListPosition }>

export interface ListInput {
  readonly tenant: string
  readonly filters: {
    readonly userId?: string | undefined
    readonly status?: Status | undefined
    readonly category?: string | undefined
    readonly reference?: string | undefined
  }
  readonly after: ListPosition | undefined
  readonly limit: number
}

export type ListNotifications = (
  input: ListInput,
  signal: AbortSignal,
) => Promise<{ readonly items: readonly Listed[]; readonly next?: ListPosition }>

/** Notifications that are read at once, and by one request: filters apply while reading. */
const READ_AT_ONCE = 100
const MAX_READ = 1000

/** Creates the list of a tenant's notifications. A page may hold fewer than its limit, even none, and not be the last. */
export function createListNotifications(read: ReadListed): ListNotifications {
  return async ({ tenant, filters, after, limit }, signal) => {
    const found: Listed[] = []
    let position = after
    for (let seen = 0; seen < MAX_READ; seen += READ_AT_ONCE) {
      const query = { tenant, userId: filters.userId, after: position, limit: READ_AT_ONCE }
      const page = await read(query, signal)
      for (const item of page.items) {
        if (!matches(item, filters)) continue
        found.push(item)
        if (found.length < limit) continue
        const isLast = item === page.items.at(-1) && !page.next
        return { items: found, ...(!isLast && { next: { id: item.id, createdAt: item.createdAt } }) }
      }
      if (!page.next) return { items: found }
      position = page.next
    }
    return { items: found, ...(position && { next: position }) }
  }
}

function matches(item: Listed, { status, category, reference }: ListInput['filters']): boolean {
  if (status !== undefined && item.status !== status) return false
  if (category !== undefined && item.category !== category) return false
  return reference === undefined || item.reference === reference
}
