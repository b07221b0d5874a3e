import type { SystemModel } from '../system-model.ts'

/** The members of a room, each with one connection. Assumed: it is the room that docs/costs.md measures. */
export const MEMBERS = 10

/**
 * Units and USD of a million messages beyond the request itself: the dispatch, the posts to all members, and the check of
 * who missed it. Units are measured, prices computed: docs/costs.md, "a message in a room of 10".
 */
export const AFTER_A_MESSAGE = { read: 7, write: 1, usd: 17 } as const

/** Changes of one room a second, which are transactions one after the other: computed, lib/chat/operations.md. */
const CHANGES_OF_A_ROOM = 60

const READS = { hot: { read: 1, write: 0 }, events: 0, calls: 2, functionName: 'Api' }

export const system: SystemModel = {
  stack: 'Chat',
  hotObject: 'a room',
  kinds: {
    message: {
      row: 'sends a message over HTTP',
      share: 0.4,
      functionName: 'Api',
      hot: { read: 1, write: 2 },
      // Assumed: one in ten is missed by somebody.
      events: 0.1,
      calls: 3,
      after: AFTER_A_MESSAGE,
      takes: { apiRequests: 1 + MEMBERS, fifoSends: 1, fifoGroupSends: 1, roomChanges: 1 },
    },
    repeat: { row: 'recognises a repeat', share: 0.02, ...READS },
    history: { row: 'shows the edit and the reaction', share: 0.3, ...READS },
    room: { row: 'reads the room', share: 0.2, ...READS },
    file: { row: 'gets the file', share: 0.05, ...READS },
    connect: {
      row: 'connects with a ticket',
      share: 0.03,
      functionName: 'Api',
      hot: { read: 0, write: 0 },
      events: 0,
      calls: 1,
      // The ticket over HTTP, and the connection.
      takes: { apiRequests: 2, socketConnections: 1 },
    },
  },
  advice: {
    apiRequests: {
      effect:
        'API Gateway throttles requests and posts alike: requests get 429, posts are tried again with growing pauses, and a connection left behind sees a gap and resumes.',
      fault: 'API Gateway throttles posts, or a post fails',
      raise: 'The account’s throttle of API Gateway.',
      design:
        'Fewer posts: messages that come together share a frame already; beyond that, an account or a region for a part of the rooms, because each post counts.',
    },
    lambdaConcurrency: {
      effect: 'Lambda throttles: requests get 503, actions no ack, and deliveries wait in their queue.',
      fault: 'a delivery fails again and again',
      raise: 'The account’s concurrent executions.',
      design: 'A region or an account for a part of the rooms.',
    },
    tableReads: {
      effect: 'Reads are throttled and retried within the budget; then 503, or `UNAVAILABLE` over the WebSocket.',
      fault: 'the table fails for a moment while events are delivered',
      raise: 'The table’s read quota, and its warm throughput before an event.',
      design: 'A table for each group of rooms.',
    },
    tableWrites: {
      effect:
        'Sending is throttled and retried within the budget; then 503, or `UNAVAILABLE`: the same `cid` sends it once.',
      fault: "the function dies before or after a commit's transaction, or the answer is lost",
      raise: 'The table’s write quota, and its warm throughput before an event.',
      design: 'A table for each group of rooms.',
    },
    partitionReads: {
      effect: 'Reads of one room are throttled, and come a moment later.',
      fault: 'the table fails for a moment while events are delivered',
      design: 'Clients that have the room’s log read what is new to them, and not all.',
    },
    partitionWrites: {
      effect: 'Changes of one room are throttled: `CONFLICT_RETRY` or `UNAVAILABLE`.',
      fault: 'many send to a room at once',
      design: 'Several rooms: a room’s head orders all of its events.',
    },
    putEvents: {
      effect: 'Events for other systems are late: the outbox retries from the stream.',
      fault: "the bus can't be reached",
      raise: 'The account’s PutEvents quota.',
      design: 'A bus in another account or region for a part of the rooms.',
    },
    socketConnections: {
      effect: 'API Gateway refuses connections with 429; clients try again with growing random pauses.',
      raise: 'The account’s new connections a second.',
      design: 'An account or a region for a part of the users, for the moment after an outage when all come back.',
    },
    fifoSends: {
      effect: 'Dispatch is throttled, and retries from the stream: deliveries are late.',
      fault: "SQS can't be reached",
      raise: 'The region’s throughput of FIFO queues.',
      design: 'Several queues, by room.',
    },
    fifoGroupSends: {
      effect: 'The deliveries of one room are late; other rooms don’t wait.',
      fault: "SQS can't be reached",
      design: 'Dispatch sends one message for all events of a room in its batch: the room’s own order is met before.',
    },
  },
  ownLimits: {
    roomChanges: {
      name: 'changes of one room a second',
      value: CHANGES_OF_A_ROOM,
      ofHotObject: true,
      effect: 'Those who lose five tries get `CONFLICT_RETRY`, and nothing of theirs is stored.',
      fault: 'many send to a room at once',
      design: 'One writer for a busy room, which commits what has gathered in one transaction.',
    },
  },
}
