import { type Chance, pause } from './clock.ts'
import { type Connection, NoAck } from './connection.ts'
import type { RemovedFrame, ResumedFrame } from './frames.ts'

export type ResumeAnswer = ResumedFrame | RemovedFrame

/** The service refused to resume. */
export class ResumeRefused extends Error {
  override readonly name = 'ResumeRefused'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

export interface Resume {
  /**
   * Asks for the events of a room after a `seq`. They come as frames; the answer comes after them.
   *
   * @throws NoAck or ResumeRefused
   */
  ask: (room: string, after: number) => Promise<ResumeAnswer>
  /** Takes an answer that arrived. */
  answer: (frame: ResumeAnswer) => void
}

/** The limit of rooms in one `resume`. */
const MAX_ROOMS = 50

/**
 * The time in which questions are gathered, at most. Frames that only overtook each other arrive meanwhile, and clients
 * that lost the same frame don't ask at the same moment.
 */
const GATHER_MS = 250

/** The ack comes after all frames, and API Gateway waits 29 seconds for it. */
const ACK_TIMEOUT_MS = 30_000

/** The time for a frame that the ack has overtaken. */
const OVERTAKEN_MS = 5000

interface Question {
  after: number
  resolve: (answer: ResumeAnswer) => void
  reject: (error: unknown) => void
}

/** Gathers what is asked about rooms into few `resume` actions of a connection. */
export function createResume(connection: Connection, { clock, random }: Chance): Resume {
  const gathered = new Map<string, Question>()
  const asked = new Map<string, Question>()

  async function send(batch: [string, Question][]): Promise<void> {
    for (const [room, question] of batch) asked.set(room, question)
    const fields = { rooms: Object.fromEntries(batch.map(([room, { after }]) => [room, after])) }
    const ack = await connection.request('resume', fields, ACK_TIMEOUT_MS)
    if (!ack.ok) throw new ResumeRefused(`${ack.code}: ${ack.message}`, ack.retryAfterMs ?? 0)
    await pause(clock, OVERTAKEN_MS, connection.signal)
    throw new NoAck('A room was left out of the answer to resume.')
  }

  async function flush(): Promise<void> {
    await pause(clock, random() * GATHER_MS, connection.signal)
    const questions = [...gathered]
    gathered.clear()
    for (let start = 0; start < questions.length; start += MAX_ROOMS) {
      const batch = questions.slice(start, start + MAX_ROOMS)
      send(batch).catch((error) => fail(batch, error))
    }
  }

  function fail(batch: Iterable<[string, Question]>, error: unknown): void {
    for (const [room, question] of batch) {
      if (asked.get(room) === question) asked.delete(room)
      question.reject(error)
    }
  }

  return {
    ask(room, after) {
      return new Promise((resolve, reject) => {
        gathered.set(room, { after, resolve, reject })
        if (gathered.size === 1) flush().catch((error) => fail(gathered, error))
      })
    },
    answer(frame) {
      asked.get(frame.room)?.resolve(frame)
      asked.delete(frame.room)
    },
  }
}
