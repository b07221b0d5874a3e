import type { Tone } from '../shared/parts.ts'

/** Something that a client did or met, for a reader. */
export interface Line {
  /** Milliseconds since the epoch. */
  time: number
  text: string
  tone: Tone
}

const MAX_LINES = 100

/** Tells what a client of the chat does about its connection, from the messages that pass. */
export interface LineLog {
  lines: readonly Line[]
  note: (text: string, tone?: Tone) => void
  message: (message: { direction: 'sent' | 'received' | 'lost'; data: string }) => void
}

export function createLineLog(onLine: () => void): LineLog {
  const sent = new Map<string, number>()
  const resumes = new Map<string, string>()

  const log: LineLog = {
    lines: [],
    note(text, tone = 'quiet') {
      log.lines = [{ time: Date.now(), text, tone }, ...log.lines].slice(0, MAX_LINES)
      onLine()
    },
    message({ direction, data }) {
      const frame = JSON.parse(data)
      if (direction === 'sent') noteSent(frame)
      else if (direction === 'lost') log.note(`${eventsOf(frame)} lost on the way`, 'bad')
      else noteReceived(frame)
    },
  }

  // biome-ignore lint/suspicious/noExplicitAny: frames of a server, which are only described.
  function noteSent({ action, cid, id, rooms }: any): void {
    if (action === 'resume') {
      const positions = Object.values<number>(rooms)
      resumes.set(id, positions.join(', '))
      log.note(`asks for everything after ${positions.join(', ')}`, 'warn')
    }
    if (cid === undefined) return
    const times = (sent.get(cid) ?? 0) + 1
    sent.set(cid, times)
    if (times > 1) log.note(`sends message ${cid.slice(0, 8)} again (${times} times now)`, 'warn')
    else log.note(`sends message ${cid.slice(0, 8)}`)
  }

  // biome-ignore lint/suspicious/noExplicitAny: frames of a server, which are only described.
  function noteReceived(frame: any): void {
    if (frame.t === 'events') log.note(`${eventsOf(frame)} received`)
    else if (frame.t === 'resumed') log.note(`up to date: the room’s last number is ${frame.head}`, 'good')
    else if (frame.t === 'ack' && frame.seq !== undefined) {
      log.note(`stored as ${frame.seq}${frame.dup ? ': it was stored before, and only once' : ''}`, 'good')
    } else if (frame.t === 'ack' && !frame.ok) log.note(`refused: ${frame.code}`, 'bad')
  }

  return log
}

function eventsOf({ events = [] }: { events?: { seq: number }[] }): string {
  const numbers = events.map(({ seq }) => seq)
  return `${numbers.length === 1 ? 'number' : 'numbers'} ${numbers.join(', ')}`
}
