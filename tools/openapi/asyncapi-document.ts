import * as z from 'zod/mini'
import type { ActionText, FramesDescription, FrameText } from '../../functions/shared/websocket/frames-description.ts'
import { pascalCase } from '../support/case.ts'
import type { Json } from './components.ts'
import { createSchemas, type Schemas } from './schemas.ts'

/** The id of a frame in examples. */
const EXAMPLE_ID = 'a1'

/**
 * Builds the AsyncAPI 3.0 document of a WebSocket API: one channel, an operation for each action with its ack as the
 * reply, and one for each frame that the server sends by itself.
 *
 * @throws Error when a named schema is not used, or an example doesn't match its schema.
 */
export function asyncApiDocument(description: FramesDescription): Json {
  const schemas = createSchemas(description.schemas, '#/components/schemas')
  const messages: Record<string, Json> = { refusal: refusalMessage(description.codes) }
  const operations: Record<string, Json> = {}
  for (const [name, action] of Object.entries(description.actions)) {
    requireMatch(name, action.fields, action.example.fields)
    requireMatch(name, action.ack, action.example.ack)
    messages[name] = actionMessage(name, action, schemas)
    messages[`${name}Ack`] = ackMessage(name, action, schemas)
    operations[name] = actionOperation(name, action)
  }
  for (const [name, frame] of Object.entries(description.frames)) {
    requireMatch(name, frame.schema, frame.example)
    messages[`${name}Frame`] = frameMessage(name, frame, schemas)
    operations[`on${pascalCase(name)}`] = {
      action: 'send',
      channel: CHANNEL,
      summary: frame.description,
      messages: [inChannel(`${name}Frame`)],
    }
  }
  return {
    asyncapi: '3.0.0',
    info: { title: description.title, version: '1', description: description.description },
    defaultContentType: 'application/json',
    channels: { socket: channel(description, Object.keys(messages)) },
    operations,
    components: { messages, schemas: schemas.finish() },
  }
}

function requireMatch(name: string, schema: z.ZodMiniType, example: unknown): void {
  const { error } = z.safeParse(schema, example)
  if (error) throw new Error(`The example of ${name} does not match its schema: ${JSON.stringify(error.issues)}`)
}

const CHANNEL = { $ref: '#/channels/socket' }

function channel({ ticketRoute }: FramesDescription, messages: readonly string[]): Json {
  return {
    address: '/',
    description: 'A connection. Its URL is the output `WebSocketUrl` of the stack.',
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      ws: {
        method: 'GET',
        query: {
          type: 'object',
          properties: {
            ticket: { type: 'string', description: `From \`${ticketRoute}\`. It can be used once, within a minute.` },
          },
          required: ['ticket'],
        },
        bindingVersion: '0.1.0',
      },
    },
  }
}

function inChannel(message: string): Json {
  return { $ref: `#/channels/socket/messages/${message}` }
}

/** The API receives an action, and replies with an ack. */
function actionOperation(name: string, { description }: ActionText): Json {
  return {
    action: 'receive',
    channel: CHANNEL,
    summary: description,
    messages: [inChannel(name)],
    reply: { channel: CHANNEL, messages: [inChannel(`${name}Ack`), inChannel('refusal')] },
  }
}

const ID = {
  description: 'Chosen by the client; the ack repeats it.',
  oneOf: [{ type: 'string', minLength: 1, maxLength: 64 }, { type: 'integer' }],
}

function actionMessage(name: string, { description, fields, example }: ActionText, schemas: Schemas): Json {
  const envelope = { v: { type: 'integer', const: 1 }, action: { type: 'string', const: name }, id: ID }
  const payload = { v: 1, action: name, id: EXAMPLE_ID, ...(example.fields as Json) }
  return {
    name,
    summary: description,
    payload: extended(schemas.jsonSchema(fields, 'input'), envelope),
    examples: [{ payload }],
  }
}

function ackMessage(name: string, { ack, example }: ActionText, schemas: Schemas): Json {
  const envelope = { t: { type: 'string', const: 'ack' }, id: ID, ok: { type: 'boolean', const: true } }
  const payload = { t: 'ack', id: EXAMPLE_ID, ok: true, ...(example.ack as Json) }
  return {
    name: `${name}Ack`,
    summary: `Answers \`${name}\`.`,
    payload: extended(schemas.jsonSchema(ack, 'output'), envelope),
    examples: [{ payload }],
  }
}

function frameMessage(name: string, { description, schema, example }: FrameText, schemas: Schemas): Json {
  return {
    name: `${name}Frame`,
    summary: description,
    payload: schemas.jsonSchema(schema, 'output'),
    examples: [{ payload: example }],
  }
}

/** A refused action of any kind. */
function refusalMessage(codes: Readonly<Record<string, string>>): Json {
  const [code = ''] = Object.keys(codes)
  const list = Object.entries(codes).map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
  return {
    name: 'refusal',
    summary: 'Refuses an action, which changed nothing.',
    payload: {
      type: 'object',
      properties: {
        t: { type: 'string', const: 'ack' },
        id: { ...ID, oneOf: [...ID.oneOf, { type: 'null' }], description: '`null` if the frame had no valid id.' },
        ok: { type: 'boolean', const: false },
        code: { type: 'string', enum: Object.keys(codes), description: list.join('\n') },
        message: { type: 'string', description: 'A sentence for a person.' },
        retryAfterMs: { type: 'integer', description: 'The time after which the same action may succeed.' },
      },
      required: ['t', 'id', 'ok', 'code', 'message'],
    },
    examples: [{ payload: { t: 'ack', id: EXAMPLE_ID, ok: false, code, message: codes[code] } }],
  }
}

/** Puts the members of the envelope before the fields of an object's schema. */
function extended(schema: Json, envelope: Json): Json {
  const { properties = {}, required = [], ...rest } = schema as { properties?: Json; required?: string[] } & Json
  return { ...rest, properties: { ...envelope, ...properties }, required: [...Object.keys(envelope), ...required] }
}
