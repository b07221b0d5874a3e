/** A line of the table "Guarantees" of a system's README. */
export interface Promised {
  /** Stable, and unique in its system, as in `paid-once`. */
  readonly id: string
  readonly text: string
}

/** A line of the fault matrix of a system's README. */
export interface Fault {
  readonly fault: string
  /** The effect for users. */
  readonly effect: string
  /** Names of tests, as in `orders/pay.test.ts`. */
  readonly tests: readonly string[]
}

/** Reads the table of guarantees, whose first column has their ids. */
export function readGuarantees(page: string): Promised[] {
  return rowsOf(page, 'Guarantees').flatMap(([first = '', text = '']) => {
    const [, id] = /^`([a-z0-9-]+)`$/.exec(first) ?? []
    return id === undefined ? [] : [{ id, text }]
  })
}

export function readFaults(page: string): Fault[] {
  // The first row is the table's header.
  return rowsOf(page, 'Faults')
    .slice(1)
    .map(([fault = '', effect = '', tests = '']) => {
      return { fault, effect, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name) }
    })
}

/** Reads the cells of all table rows of a section, but for the rule below a header. */
function rowsOf(page: string, section: string): string[][] {
  const [, text = ''] = page.split(new RegExp(`^## ${section}$`, 'm'))
  const [own = ''] = text.split(/^## /m)
  const lines = own.split('\n').filter((line) => line.startsWith('|') && !/^\|[ |:-]+\|$/.test(line))
  return lines.map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
}
