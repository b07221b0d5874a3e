import { html, nothing, svg, type TemplateResult } from 'lit'
import type { QuietHours } from './scenario.ts'

const DAY_MINUTES = 1440
const RADIUS = 52

/** Returns the minute of the day in a zone. */
export function minuteIn(zone: string, now: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return minuteOf(format.format(now))
}

/** Returns the minute of a time of day, as in `22:30`. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** Formats a minute of the day, also one of the day before or after. */
export function timeOf(minute: number): string {
  const within = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  const part = (value: number) => String(value).padStart(2, '0')
  return `${part(Math.floor(within / 60))}:${part(within % 60)}`
}

/** Checks whether a minute is within quiet hours, which may go over midnight; their end is outside. */
export function isQuiet({ start, end }: QuietHours, minute: number): boolean {
  const length = (minuteOf(end) - minuteOf(start) + DAY_MINUTES) % DAY_MINUTES
  return (minute - minuteOf(start) + DAY_MINUTES) % DAY_MINUTES < length
}

/** Draws the day as a dial, midnight above, with the quiet hours and the time that it is. */
export function dial(quietHours: QuietHours | null, zone: string, now: number): TemplateResult {
  const minute = minuteIn(zone, now)
  const [x, y] = pointAt(minute, RADIUS - 8)
  const state = quietHours && isQuiet(quietHours, minute) ? `quiet until ${quietHours.end}` : 'not quiet'
  return html`<figure class="dial">
    <svg viewBox="-64 -64 128 128" role="img" aria-label=${`${timeOf(minute)} in ${zone}: ${state}`}>
      <circle class="day" r=${RADIUS}></circle>
      ${quietHours ? svg`<path class="quiet" d=${arc(minuteOf(quietHours.start), minuteOf(quietHours.end))}></path>` : nothing}
      ${[0, 6, 12, 18].map((hour) => {
        const [left, top] = pointAt(hour * 60, RADIUS - 13)
        return svg`<text x=${left} y=${top} dy="0.35em">${hour}</text>`
      })}
      <line class="hand" x1="0" y1="0" x2=${x} y2=${y}></line>
    </svg>
    <figcaption>${timeOf(minute)} in ${zone}: <strong>${state}</strong></figcaption>
  </figure>`
}

function arc(start: number, end: number): string {
  const length = (end - start + DAY_MINUTES) % DAY_MINUTES
  const [fromX, fromY] = pointAt(start, RADIUS)
  const [toX, toY] = pointAt(end, RADIUS)
  return `M${fromX} ${fromY}A${RADIUS} ${RADIUS} 0 ${length > DAY_MINUTES / 2 ? 1 : 0} 1 ${toX} ${toY}`
}

function pointAt(minute: number, radius: number): [number, number] {
  const angle = (minute / DAY_MINUTES) * 2 * Math.PI
  return [Math.round(Math.sin(angle) * radius * 100) / 100, Math.round(-Math.cos(angle) * radius * 100) / 100]
}
