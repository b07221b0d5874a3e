import { Parser } from '@asyncapi/parser'
import * as z from 'zod/mini'
import type { FramesDescription } from '../../../functions/shared/websocket/frames-description.ts'
import { asyncApiDocument } from '../../../tools/openapi/asyncapi-document.ts'
import { asyncApiDocuments } from '../../../tools/openapi/write-documents.ts'

const line = z.strictObject({ text: z.string() })

const description: FramesDescription = {
  title: 'Echo',
  description: 'Repeats lines.',
  ticketRoute: 'POST /v1/ws-ticket',
  actions: {
    echo: {
      description: 'Repeats a line.',
      fields: z.strictObject({ line }),
      ack: z.strictObject({ count: z.int() }),
      example: { fields: { line: { text: 'Hello' } }, ack: { count: 1 } },
    },
  },
  codes: { INVALID: 'The frame is invalid.' },
  frames: {
    line: {
      description: 'A line of somebody else.',
      schema: z.strictObject({ t: z.literal('line'), line }),
      example: { t: 'line', line: { text: 'Hello' } },
    },
  },
  schemas: { Line: { schema: line, description: 'A line.' } },
}

/** Returns the errors and warnings of AsyncAPI's own parser. */
async function findings(document: object): Promise<string[]> {
  const diagnostics = await new Parser().validate(JSON.stringify(document))
  const serious = diagnostics.filter(({ severity }) => severity <= 1)
  return serious.map(({ code, path, message }) => `${code} at #/${path.join('/')}: ${message}`)
}

test('AsyncAPI’s parser accepts a document', async () => {
  expect(await findings(asyncApiDocument(description))).toEqual([])
})

test('the parser reports an operation without its channel', async () => {
  const document = asyncApiDocument(description) as { operations: Record<string, object> }
  const operations = { echo: { ...document.operations.echo, channel: { $ref: '#/channels/none' } } }
  expect(await findings({ ...document, operations })).not.toEqual([])
})

test.each([
  ['an action', { fields: {}, ack: { count: 1 } }],
  ['an ack', { fields: { line: { text: 'Hello' } }, ack: {} }],
])('the example of %s must match its schema', (_, example) => {
  const { echo } = description.actions
  const wrong = { ...description, actions: { echo: { ...echo, example } } } as FramesDescription
  expect(() => asyncApiDocument(wrong)).toThrow('The example of echo does not match its schema')
})

test('an action is received with its envelope, and replied to with its ack or a refusal', () => {
  const { operations, components } = asyncApiDocument(description) as Record<string, Record<string, object>>
  expect(operations?.echo).toMatchObject({
    action: 'receive',
    messages: [{ $ref: '#/channels/socket/messages/echo' }],
    reply: {
      messages: [{ $ref: '#/channels/socket/messages/echoAck' }, { $ref: '#/channels/socket/messages/refusal' }],
    },
  })
  expect(components).toMatchObject({
    messages: { echo: { payload: { required: ['v', 'action', 'id', 'line'], additionalProperties: false } } },
  })
})

test('AsyncAPI’s parser accepts the documents of all systems', async () => {
  for (const [file, text] of Object.entries(await asyncApiDocuments())) {
    expect([file, await findings(JSON.parse(text))]).toEqual([file, []])
  }
})
