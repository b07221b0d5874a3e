import { kebabCase } from '../support/case.ts'
import { table } from '../support/document.ts'
import type { Estimate, Load } from './estimate.ts'
import type { SystemModel } from './system-model.ts'

/** Stands for the quota to raise where AWS raises none. */
const FIXED = 'Nothing: the limit is fixed.'

/** Writes a number as people read it: 1,234, or two digits that count. */
export function readable(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(2)))
}

function dollars(value: number): string {
  return value >= 100 ? `$${Math.round(value).toLocaleString('en-US')}` : `$${value.toFixed(2)}`
}

/** A row for each load: what is reached first, how full it is, and what a month costs. */
export function overviewTable(of: readonly { load: Load; estimate: Estimate }[]): string {
  const rows = of.map(({ load, estimate: { limits, monthlyUsd, monthlyFloor } }) => {
    const [first] = limits
    return [
      readable(load.rps),
      first ? first.name : 'none',
      first ? percent(first.part) : '–',
      String(limits.filter(({ part }) => part >= 1).length),
      dollars(monthlyUsd),
      dollars(monthlyFloor),
      (monthlyUsd / monthlyFloor).toFixed(1),
    ]
  })
  return table(['requests a second', 'first limit', 'used', 'limits reached', 'a month', 'floor', 'x'], rows)
}

/** A row for each limit at one load: from where on it is reached, what then happens, and what helps. */
export function limitsTable(model: SystemModel, { limits }: Estimate): string {
  const rows = limits.map(({ name, value, used, part, atRps, advice: { effect, fault, raise, design } }) => {
    const described = fault ? `${effect} ([“${fault}”](../lib/${kebabCase(model.stack)}/README.md#faults))` : effect
    return [
      name,
      `${readable(used)} of ${readable(value)}, ${percent(part)}`,
      readable(atRps),
      described,
      raise ?? FIXED,
      design,
    ]
  })
  return table(
    ['limit', 'used', 'reached at, requests a second', 'what happens', 'what to raise', 'what to change'],
    rows,
  )
}

/** The limits of one load for a terminal. */
export function limitsText({ limits, monthlyUsd, monthlyFloor }: Estimate): string {
  const lines = limits.map(({ name, value, used, part, atRps, advice: { effect, raise, design } }) => {
    const head = `${part >= 1 ? '✖' : '✔'} ${percent(part).padStart(6)}  ${name}: ${readable(used)} of ${readable(value)}, reached at ${readable(atRps)} requests a second`
    return part < 0.5
      ? head
      : `${head}\n           Then:   ${effect}\n           Raise:  ${raise ?? FIXED}\n           Change: ${design}`
  })
  const cost = `A month of this load costs ${dollars(monthlyUsd)}; the bare minimum of any design is ${dollars(monthlyFloor)}.`
  return [...lines, '', cost].join('\n')
}

function percent(part: number): string {
  if (part >= 10) return `${Math.round(part)} x`
  return part >= 1 ? `${Math.round(part * 100)} %` : `${readable(part * 100)} %`
}
