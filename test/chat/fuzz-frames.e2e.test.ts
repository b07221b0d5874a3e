import { setTimeout as delay } from 'node:timers/promises'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { framesDescription } from '../../functions/chat/frames-description.ts'
import { readGroup } from '../../tools/local-cloud/log-pages.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from '../support/cloud.ts'
import type { ServerFrame, Socket } from '../support/socket.ts'
import { seededRandom } from './chaos/faults.ts'
import { chatUsers } from './deployed.ts'
import { type FuzzedFrame, fuzzFrames } from './fuzz-frames.ts'

// `FUZZ_SEED=7` repeats a run. Frames go one after the other, so that each answer belongs to a frame.

const { FUZZ_SEED, FUZZ_MS = '20000' } = process.env
const seed = FUZZ_SEED ? Number(FUZZ_SEED) : Math.floor(Math.random() * 1e9)

/** In milliseconds; API Gateway's own limit of an integration is 29 s. */
const ANSWER_MS = 15_000
/** Frames that show something; a slow machine takes longer for them than the time that was given. */
const MIN_FRAMES = 20

/** Returns the first frame after so many others that isn't sent by itself; `closed` if the connection ends first. */
async function answerAfter(socket: Socket, seen: number): Promise<ServerFrame | 'closed' | 'silence'> {
  const isUnasked = ({ t }: ServerFrame) => t !== undefined && t !== 'ack'
  const found = async () => {
    const end = Date.now() + ANSWER_MS
    while (Date.now() < end) {
      const frame = socket.frames.slice(seen).find((one) => !isUnasked(one))
      if (frame) return frame
      await delay(5)
    }
    return 'silence' as const
  }
  return Promise.race([found(), socket.closed.then(() => 'closed' as const)])
}

const codes = new Set(Object.keys(framesDescription.codes))

/** Returns what is wrong with an answer; nothing if it is an ack that says what the frame deserves. */
function problemOf({ mayClose }: FuzzedFrame, answer: ServerFrame | 'closed' | 'silence'): string | undefined {
  if (answer === 'silence') return 'It was dropped silently.'
  if (answer === 'closed') return mayClose ? undefined : 'The connection was closed.'
  if (answer.t !== 'ack') return `It was answered with ${JSON.stringify(answer)}.`
  if (answer.ok === true) return undefined
  if (answer.code === 'UNAVAILABLE') return 'It failed.'
  return codes.has(answer.code) && typeof answer.message === 'string'
    ? undefined
    : `A wrong ack: ${JSON.stringify(answer)}`
}

/** Reads the logs of the functions of connections, and returns the lines about failures. */
async function failuresSince(since: number): Promise<string[]> {
  const client = new CloudWatchLogsClient(sdkConfig)
  const groups = (await stackResources(localCloud(), 'Chat')).filter(
    ({ type, logicalId }) => type === 'AWS::Logs::LogGroup' && /^(Socket|Authorize)Logs/.test(logicalId),
  )
  expect(groups).toHaveLength(2)
  const lines = await Promise.all(
    groups.map(({ physicalId: logGroupName }) =>
      readGroup(
        (startTime, nextToken) => client.send(new FilterLogEventsCommand({ logGroupName, startTime, nextToken })),
        logGroupName,
        since,
      ),
    ),
  )
  client.destroy()
  expect(lines.flat().length).toBeGreaterThan(20)
  return lines
    .flat()
    .flatMap(({ message }) => (/"level":"(ERROR|CRITICAL)"|Unhandled|Task timed out/.test(message) ? [message] : []))
}

test('every frame gets an answer or a clean end of the connection, and none an error in the logs', async () => {
  process.stdout.write(`FUZZ_SEED=${seed}\n`)
  const begun = Date.now()
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const next = fuzzFrames({ random: seededRandom(seed), room })
  const counts: Record<string, number> = {}
  const problems: object[] = []
  let socket = await ann.connect()
  const end = Date.now() + Number(FUZZ_MS)
  const sent = () => Object.values(counts).reduce((sum, count) => sum + count, 0)
  while ((Date.now() < end || sent() < MIN_FRAMES) && problems.length === 0) {
    const frame = next()
    const seen = socket.frames.length
    socket.sendRaw(frame.data)
    const answer = await answerAfter(socket, seen)
    const problem = problemOf(frame, answer)
    if (problem) problems.push({ seed, kind: frame.kind, problem, data: frame.data.slice(0, 500) })
    counts[frame.kind] = (counts[frame.kind] ?? 0) + 1
    if (answer === 'closed') socket = await ann.connect()
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`)
  expect(problems).toEqual([])
  expect(await socket.send('ping')).toMatchObject({ ok: true })
  expect(await failuresSince(begun)).toEqual([])
})
