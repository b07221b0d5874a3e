import type { Recipient } from '../../functions/chat/domain/live-connection.ts'
import { createPace } from '../../functions/chat/pace.ts'
import { createPostFrames, type Post, type PostFramesOutcome } from '../../functions/chat/post-frames.ts'
import { AppError } from '../../functions/shared/errors.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { recordedTelemetry } from '../support/telemetry.ts'

type Answer = Awaited<ReturnType<Post>> | Error

const failure = new AppError('dependency-failed', 'The service failed', { retryable: true })

/** Posts frames to a connection that answers in turn, and with its last answer from there on. */
async function postTo(answers: Answer[], { frames = ['a'], ageMs = 60_000 } = {}) {
  const clock = fakeClock()
  const posted: string[] = []
  const { telemetry, lines } = recordedTelemetry()
  const postFrames = createPostFrames({
    async post(_, frame) {
      posted.push(frame)
      const answer = answers[Math.min(posted.length, answers.length) - 1]
      if (answer instanceof Error) throw answer
      return answer ?? 'sent'
    },
    now: clock.now,
    random: () => 0.5,
    startTimer: clock.startTimer,
    logger: telemetry.logger,
  })
  const recipient: Recipient = { connectionId: 'c1', user: 'ann', joined: 1, connectedAt: clock.now() - ageMs }
  const pace = createPace({ perSecond: 1000, now: clock.now, startTimer: clock.startTimer })
  let outcome: PostFramesOutcome | undefined
  const start = clock.now()
  let tookMs = 0
  const done = postFrames(recipient, frames, { pace, signal: new AbortController().signal }).then((value) => {
    outcome = value
    tookMs = clock.now() - start
  })
  await clock.advance(60_000)
  await done
  return { outcome, posted, lines, tookMs, pendingTimers: clock.pendingTimers() }
}

/** @proves chat/delivered-in-order */
test('frames are sent in order', async () => {
  expect(await postTo(['sent'], { frames: ['a', 'b', 'c'] })).toMatchObject({
    outcome: 'sent',
    posted: ['a', 'b', 'c'],
  })
})

test.each<[string, Answer]>([
  ['throttled', 'throttled'],
  ['failed', failure],
])('a frame that %s is sent again before the next one', async (_, answer) => {
  expect(await postTo([answer, answer, 'sent'], { frames: ['a', 'b'] })).toMatchObject({
    outcome: 'sent',
    posted: ['a', 'a', 'a', 'b'],
    pendingTimers: 0,
  })
})

test('what is never sent leaves the connection behind after six tries, and the rest of its frames out', async () => {
  const { outcome, posted, tookMs } = await postTo(['throttled'], { frames: ['a', 'b'] })
  expect([outcome, posted]).toEqual(['behind', ['a', 'a', 'a', 'a', 'a', 'a']])
  expect(tookMs).toBeLessThan(3500)
})

test('a frame that the service can’t send in six tries has failed', async () => {
  const { outcome, posted } = await postTo([failure], { frames: ['a', 'b'] })
  expect([outcome, posted]).toEqual(['failed', ['a', 'a', 'a', 'a', 'a', 'a']])
})

test('a refusal that no retry would help is a failure at once, and is logged', async () => {
  const { outcome, posted, lines } = await postTo([new Error('ForbiddenException')])
  expect([outcome, posted]).toEqual(['failed', ['a']])
  expect(lines).toMatchObject([{ level: 'WARN', message: 'frame not sent', connection_id: 'c1' }])
})

test('a connection that is gone is gone at once', async () => {
  expect(await postTo(['gone'])).toMatchObject({ outcome: 'gone', posted: ['a'] })
})

test('a connection that was just opened may not be open yet', async () => {
  expect(await postTo(['gone', 'gone', 'sent'], { ageMs: 0 })).toMatchObject({
    outcome: 'sent',
    posted: ['a', 'a', 'a'],
  })
})

test('a connection that doesn’t open soon is left behind, because it resumes once it is open', async () => {
  expect(await postTo(['gone'], { ageMs: 0 })).toMatchObject({ outcome: 'behind' })
})
