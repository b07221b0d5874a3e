import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Answered, Errand } from './race-writer.ts'

/** Processes that ask the same limit at the same time. */
export interface Racers {
  /** Each does its errand at once; the answers of all. */
  race: (errands: Errand[]) => Promise<Answered[]>
  stop: () => void
}

export async function startRacers(count: number): Promise<Racers> {
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, 'race-writer.ts'), { execArgv: [], env: process.env }),
  )
  await Promise.all(children.map(nextMessage))
  return {
    async race(errands) {
      const answers = errands.map((errand, index) => {
        const child = children[index]
        if (!child) throw new Error(`There are ${count} racers only.`)
        const answer = nextMessage(child) as Promise<Answered[]>
        child.send(errand)
        return answer
      })
      return (await Promise.all(answers)).flat()
    },
    stop() {
      for (const child of children) child.disconnect()
    },
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`A racer ended with ${code}.`))
    child.once('exit', fail)
    child.once('message', (message) => {
      child.off('exit', fail)
      resolve(message)
    })
  })
}
