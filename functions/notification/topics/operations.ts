import type { ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { NAME, SEND } from '../fields.ts'
import {
  broadcastAnswer,
  listSubscribersQuery,
  publishAnswer,
  subscriber,
  subscriberPage,
  subscriptionAnswer,
} from './schema.ts'

export const topicSchemas: Record<string, NamedSchema> = {
  Subscription: { schema: subscriptionAnswer, description: 'A user who gets what is published to a topic.' },
  SubscriberPage: {
    schema: subscriberPage,
    description: 'A part of a list.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  Subscriber: { schema: subscriber, description: 'A user who gets what is published to the topic.' },
  PublishedMessage: { schema: publishAnswer, description: 'A message on its way to the subscribers of a topic.' },
  Broadcast: {
    schema: broadcastAnswer,
    description: 'How far a message to a topic is.',
    fields: {
      status: '`done`: a notification was accepted for every subscriber; `done` and `failed` count how those ended.',
      total: 'The users who subscribed when it was published, as far as they are counted.',
      queued: 'Notifications that were accepted.',
      done: 'Notifications that have ended otherwise than `failed`.',
      failed: 'Notifications that failed, and users for whom none could be made.',
    },
  },
}

const topic = {
  name: 'TopicName',
  pattern: NAME.source,
  description: 'A topic, which exists as soon as it is named.',
  example: 'releases',
}
const user = { name: 'SubscriberName', pattern: NAME.source, description: 'A user.', example: 'ann' }
const id = {
  name: 'BroadcastId',
  pattern: NAME.source,
  description: 'The id of a broadcast.',
  example: 'YnJvYWRjYXN0',
}

const topicNotFound: ApiRefusal = {
  name: 'TopicNotFound',
  description: 'No topic, or no user, can have this name.',
  codes: ['not-found'],
}
const broadcastNotFound: ApiRefusal = {
  name: 'BroadcastNotFound',
  description: 'There is no such broadcast.',
  codes: ['not-found'],
}

const common = { tag: 'Topics', scope: SEND }
const progress = { status: 'running', total: 1200, queued: 450, done: 398, failed: 2 }

export const topicOperations: readonly ApiOperation[] = [
  {
    ...common,
    routeKey: 'PUT /v1/topics/{topic}/subscribers/{user}',
    id: 'subscribeToTopic',
    summary: 'Subscribe a user to a topic',
    description: 'The user gets everything that is published after this response.',
    params: { topic, user },
    onlyIfAbsent: true,
    responses: {
      200: {
        description: 'The user subscribed already.',
        body: subscriptionAnswer,
        example: { topic: 'releases', user: 'ann' },
      },
      201: {
        description: 'The user subscribes now.',
        body: subscriptionAnswer,
        example: { topic: 'releases', user: 'ann' },
      },
      422: { description: 'The topic or the user can’t have this name.', codes: ['invalid-input'] },
    },
  },
  {
    ...common,
    routeKey: 'DELETE /v1/topics/{topic}/subscribers/{user}',
    id: 'unsubscribeFromTopic',
    summary: 'End a subscription',
    description: 'The user still gets what was published before. An erased user leaves all topics at once.',
    params: { topic, user },
    responses: { 204: { description: 'The user doesn’t subscribe, or never did.' }, 404: topicNotFound },
  },
  {
    ...common,
    routeKey: 'GET /v1/topics/{topic}/subscribers',
    id: 'listSubscribers',
    summary: 'List the subscribers of a topic, by name',
    description: 'A page may hold fewer than `limit`: ask again with `nextCursor` until it is `null`.',
    params: { topic },
    query: listSubscribersQuery,
    responses: {
      200: {
        description: 'A page of subscribers.',
        body: subscriberPage,
        example: { items: [{ user: 'ann', subscribedAt: '2026-03-12T19:03:58.005Z' }], nextCursor: null },
      },
      404: topicNotFound,
    },
  },
  {
    ...common,
    routeKey: 'GET /v1/broadcasts/{id}',
    id: 'getBroadcast',
    summary: 'See how far a broadcast is',
    description: 'It is kept for 60 days after the last of its channels was due.',
    params: { id },
    responses: {
      200: { description: 'The broadcast.', body: broadcastAnswer, example: progress },
      404: broadcastNotFound,
    },
  },
  {
    ...common,
    routeKey: 'DELETE /v1/broadcasts/{id}',
    id: 'stopBroadcast',
    summary: 'Stop a broadcast',
    description:
      'No further subscriber is notified after 10 seconds. Notifications that were already accepted are still sent, unless you cancel them individually. A second request gets the same answer.',
    params: { id },
    responses: {
      200: {
        description: 'It is stopped, with what was queued by now; a step that is under way may add some.',
        body: broadcastAnswer,
        example: { ...progress, status: 'stopped' },
      },
      404: broadcastNotFound,
      409: { description: 'All subscribers have already been notified.', codes: ['too-late'] },
    },
  },
]

/** Describes the publication of a message, whose body is that of a notification. */
export function publishOperation(message: Pick<ApiOperation, 'body' | 'example'>): ApiOperation {
  return {
    ...common,
    ...message,
    routeKey: 'POST /v1/topics/{topic}/publish',
    id: 'publishToTopic',
    summary: 'Publish to the subscribers of a topic',
    description:
      'To all who subscribe at this moment, each once. It is a notification without `to`; preferences and all other rules are judged for each of them.',
    params: { topic },
    idempotent: true,
    responses: {
      202: {
        description: 'It is on its way.',
        body: publishAnswer,
        example: { broadcastId: id.example },
        headers: ['Location'],
      },
      422: {
        description: 'The tenant has no category, or no template, with this name.',
        codes: ['unknown-category', 'unknown-template'],
      },
    },
  }
}
