import { MAX_FRAME_BYTES, type ParsedFrame, parseFrame } from '../../../functions/shared/websocket/frame.ts'

const parse = (body: unknown): ParsedFrame =>
  parseFrame({ body: typeof body === 'string' ? body : JSON.stringify(body), isBase64Encoded: false })

test('a frame has an id, an action and any fields', () => {
  expect(parse({ v: 1, action: 'send', id: 'a', room: 'r', v2: 2 })).toEqual({
    frame: { id: 'a', action: 'send', fields: { room: 'r', v2: 2 } },
  })
})

test.each(['a', 'x'.repeat(64), '😀', 0, 7, Number.MAX_SAFE_INTEGER])('an id may be %j', (id) => {
  expect(parse({ v: 1, action: 'send', id })).toMatchObject({ frame: { id } })
})

test.each([
  '',
  'hello',
  '{"v": 1',
  'null',
  '1',
  '"text"',
  '[]',
  '[{"v":1,"action":"send","id":"a"}]',
])('a message %j is no frame, and has no id', (body) => {
  expect(parse(body)).toEqual({ id: null, message: 'A frame must be a JSON object.' })
})

test('a message without a body is no frame', () => {
  expect(parseFrame({ isBase64Encoded: false })).toMatchObject({ id: null })
})

test.each([
  undefined,
  null,
  '',
  'x'.repeat(65),
  '\ud83d',
  'a\ude00',
  1.5,
  true,
  {},
  ['a'],
])('an id may not be %j', (id) => {
  expect(parse({ v: 1, action: 'send', id })).toMatchObject({ id: null, message: expect.stringContaining('id') })
})

test.each([undefined, 0, 2, '1', null])('a version may not be %j, and the ack has the id', (v) => {
  expect(parse({ v, action: 'send', id: 'a' })).toMatchObject({ id: 'a', message: expect.stringContaining('"v": 1') })
})

test.each([undefined, 1, null, {}])('an action may not be %j', (action) => {
  expect(parse({ v: 1, action, id: 'a' })).toMatchObject({ id: 'a', message: expect.stringContaining('action') })
})

test('a binary frame is refused, even if it holds a frame', () => {
  const body = Buffer.from('{"v":1,"action":"send","id":"a"}').toString('base64')
  expect(parseFrame({ body, isBase64Encoded: true })).toEqual({
    id: null,
    message: 'A frame must be text, not binary.',
  })
})

test('a frame of 30 KB is the largest, in bytes', () => {
  const around = '{"v":1,"action":"send","id":"a","body":""}'.length
  const frameOf = (bytes: number) => ({ v: 1, action: 'send', id: 'a', body: 'ü'.repeat((bytes - around) / 2) })
  expect(parse(frameOf(MAX_FRAME_BYTES))).toHaveProperty('frame')
  expect(parse(frameOf(MAX_FRAME_BYTES + 2))).toEqual({ id: 'a', message: 'A frame may have at most 30720 bytes.' })
})

test('members that every object inherits are ordinary fields', () => {
  const parsed = parse('{"v":1,"action":"send","id":"a","__proto__":{"admin":true},"toString":1}')
  if (!('frame' in parsed)) throw new Error('This is a frame.')
  expect(Object.keys(parsed.frame.fields)).toEqual(['__proto__', 'toString'])
  expect(parsed.frame.fields).not.toHaveProperty('admin', true)
})
