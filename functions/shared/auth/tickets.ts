import { createHash } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock, RandomBytes } from '../clock.ts'
import { conditionalWrite } from '../data/conditional-write.ts'
import type { Item, Table } from '../data/table.ts'

/** The user for whom a ticket was issued, and what a connection that it opens may do. */
export interface TicketHolder {
  readonly tenant: string
  /** The claim `sub` of the token with which the ticket was requested. */
  readonly user: string
  readonly scopes: ReadonlySet<string>
}

export interface Tickets {
  /**
   * Issues a ticket, valid once within `TICKET_SECONDS`.
   *
   * @throws as `DynamoDB` does.
   */
  issue: (holder: TicketHolder, signal: AbortSignal) => Promise<string>
  /**
   * Takes a ticket: exactly one call gets its holder. Returns `undefined` if the ticket is unknown, expired or taken,
   * and also after a lost response of DynamoDB, because the retry finds nothing: the client then gets a new ticket.
   *
   * @throws as `DynamoDB` does.
   */
  take: (ticket: string, signal: AbortSignal) => Promise<TicketHolder | undefined>
}

export interface TicketsOptions extends Table {
  now: Clock
  randomBytes: RandomBytes
}

/** The lifetime of a ticket, which a client uses right away. */
export const TICKET_SECONDS = 60

/** 256 bits: nobody can guess a ticket. */
const TICKET_BYTES = 32
const TICKET = /^[\w-]{43}$/

/**
 * Creates one-time tickets, with which a browser opens a WebSocket: it can't send a token there, and a token in a URL
 * could be used again by whoever reads it. The table holds only a ticket's hash, so that nobody who reads the table can
 * use one: `pk = W#<hash>`, `sk = ticket`. DynamoDB may delete expired items late (`ttl`), so the condition checks the
 * time itself.
 */
export function createTickets({ client, tableName, now, randomBytes }: TicketsOptions): Tickets {
  return {
    async issue({ tenant, user, scopes }, signal) {
      const ticket = Buffer.from(randomBytes(TICKET_BYTES)).toString('base64url')
      const expiresAt = now() + TICKET_SECONDS * 1000
      const item = {
        ...ticketKey(ticket),
        tenant: { S: tenant },
        user: { S: user },
        scopes: { L: [...scopes].map((scope) => ({ S: scope })) },
        expiresAt: { N: String(expiresAt) },
        ttl: { N: String(Math.ceil(expiresAt / 1000)) },
      }
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }), { signal })
      return ticket
    },
    async take(ticket, signal) {
      if (!TICKET.test(ticket)) return undefined
      const input = {
        TableName: tableName,
        Key: ticketKey(ticket),
        ConditionExpression: 'expiresAt > :now',
        ExpressionAttributeValues: { ':now': { N: String(now()) } },
      }
      const { outcome, item } = await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
      return outcome === 'written' && item ? toHolder(item) : undefined
    },
  }
}

/** The prefix of the partition keys, by which a stack grants access: `grantKeys(fn, ['W#*'], …)`. */
const PREFIX = 'W#'

/** Builds the key of a ticket's item. */
export function ticketKey(ticket: string): Item {
  return { pk: { S: PREFIX + createHash('sha256').update(ticket).digest('base64url') }, sk: { S: 'ticket' } }
}

function toHolder({ tenant, user, scopes }: Item): TicketHolder {
  return {
    tenant: tenant?.S ?? '',
    user: user?.S ?? '',
    scopes: new Set(scopes?.L?.map(({ S = '' }) => S)),
  }
}
