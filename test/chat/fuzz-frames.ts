import type { Random } from '../../functions/shared/clock.ts'

/** A message that no reasonable client sends, and the id that its ack has if the message gets as far as that. */
export interface FuzzedFrame {
  readonly kind: string
  readonly data: string | Uint8Array<ArrayBuffer>
  /** True if the connection may be closed for it: API Gateway does so for frames above 32 KB. */
  readonly mayClose: boolean
}

export interface FuzzWorld {
  readonly random: Random
  readonly room: string
}

/** Above this size, in bytes, API Gateway closes the connection. */
const CLOSING_BYTES = 32 * 1024

/** Good frames, of which each is spoilt in one place. */
const GOOD: Readonly<Record<string, object>> = {
  send: { cid: 'c1', body: 'Hello', threadRoot: 2, attachments: [], mentions: ['bob'] },
  edit: { target: 2, cid: 'c2', body: 'Hello!' },
  delete: { target: 999, cid: 'c3' },
  react: { target: 2, cid: 'c4', emoji: '👍', remove: false },
  read: { seq: 1 },
  typing: {},
  watch: { rooms: ['nowhere'] },
  ping: {},
  resume: { rooms: { nowhere: 1 } },
}

const ODD_NAMES = ['__proto__', 'constructor', 'toString', '$connect', '$default', '', 'SEND', 'hasOwnProperty']

/** Values of wrong types, out of range, or too long; texts with half a surrogate pair, NUL and controls. */
const ODD_VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 0.5,
  () => '',
  () => '\ud800',
  () => '\udc00x',
  () => 'a\u0000b\u001b[31m',
  () => 'x'.repeat(5000),
  () => '👍'.repeat(2000),
  () => [],
  () => [[[[]]]],
  () => ({}),
  () => ({ __proto__: null, constructor: { prototype: 1 } }),
  () => Array.from({ length: 200 }, (_, index) => `user-${index}`),
  () => Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`room-${index}`, index])),
]

/** Makes the frames of a fuzzer; the same random numbers make the same frames. */
export function fuzzFrames({ random, room }: FuzzWorld): () => FuzzedFrame {
  const below = (count: number) => Math.floor(random() * count)
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value
  const oddValue = () => pick(ODD_VALUES)()
  let count = 0

  function good(): Record<string, unknown> {
    count += 1
    const action = pick(Object.keys(GOOD))
    const inRoom = ['ping', 'watch', 'resume'].includes(action) ? {} : { room }
    return {
      v: 1,
      action,
      id: `f${count}`,
      ...inRoom,
      ...GOOD[action],
      ...('cid' in (GOOD[action] ?? {}) && { cid: `f${count}` }),
    }
  }

  function text(kind: string, data: string): FuzzedFrame {
    return { kind, data, mayClose: Buffer.byteLength(data) > CLOSING_BYTES }
  }

  const kinds: readonly (() => FuzzedFrame)[] = [
    () => text('a good frame', JSON.stringify(good())),
    () => {
      const frame = good()
      return text('a wrong value', JSON.stringify({ ...frame, [pick(Object.keys(frame))]: oddValue() }))
    },
    () => {
      const frame = good()
      const { [pick(Object.keys(frame))]: _, ...rest } = frame
      return text('a missing member', JSON.stringify(rest))
    },
    () => text('an unknown member', JSON.stringify({ ...good(), [pick(ODD_NAMES)]: oddValue() })),
    () => text('an unknown action', JSON.stringify({ ...good(), action: pick(ODD_NAMES) })),
    () => {
      const json = JSON.stringify(good())
      return text('half a JSON text', json.slice(0, below(json.length)))
    },
    () =>
      text(
        'no JSON object',
        pick(['null', '1', '"x"', '[]', 'true', '{', '}{', '\u0000', ' ', '{"v":1}}', 'NaN', '<xml/>']),
      ),
    () => {
      const depth = 1 + below(6000)
      return text('deep nesting', `{"v":1,"action":"send","id":"deep","room":${'['.repeat(depth)}${']'.repeat(depth)}}`)
    },
    () => text('a doubled member', `{"v":1,"v":2,"action":"ping","action":"send","id":"d","id":"e"}`),
    () => {
      const bytes = Uint8Array.from({ length: 1 + below(200) }, () => below(256))
      return { kind: 'binary', data: bytes, mayClose: false }
    },
    () => {
      const size = pick([30_000, 31_000, 33_000, 70_000, 128 * 1024, 129 * 1024])
      return text('a large frame', JSON.stringify({ ...good(), body: 'x'.repeat(size) }))
    },
  ]
  return () => pick(kinds)()
}
