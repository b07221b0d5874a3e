import { BROWN_OUT, OFFERED, type Run, SECONDS, type Way } from './simulate.ts'

const [WIDTH, HEIGHT] = [720, 300]
const FRAME = { left: 48, right: 16, top: 44, bottom: 36 }
const MAX = 180

/** Colours that differ in brightness too, and dashes, so that nobody needs to tell hues apart. */
const LINES: Record<Way, { readonly colour: string; readonly dashes: string }> = {
  'retries alone': { colour: '#c2410c', dashes: '2 3' },
  'with a budget': { colour: '#a16207', dashes: '7 4' },
  'with a budget and a breaker': { colour: '#0f766e', dashes: '' },
}

/** Draws the requests that were answered in time, second by second, as an SVG for light and dark pages. */
export function overloadPlot(runs: ReadonlyMap<Way, Run>): string {
  const x = (second: number) => FRAME.left + (second / SECONDS) * (WIDTH - FRAME.left - FRAME.right)
  const y = (value: number) => HEIGHT - FRAME.bottom - (value / MAX) * (HEIGHT - FRAME.top - FRAME.bottom)
  const lines = [...runs].map(([way, { good }], index) => {
    const { colour, dashes } = LINES[way]
    const points = good.map((value, second) => `${round(x(second + 0.5))},${round(y(Math.min(value, MAX)))}`).join(' ')
    const legend = FRAME.left + index * 190
    const stroke = `stroke="${colour}" stroke-width="2" fill="none"${dashes && ` stroke-dasharray="${dashes}"`}`
    return [
      `<polyline points="${points}" ${stroke}/>`,
      `<line x1="${legend}" y1="14" x2="${legend + 28}" y2="14" ${stroke}/>`,
      `<text x="${legend + 34}" y="18">${way}</text>`,
    ].join('\n')
  })
  const ticks = [0, 50, 100, 150].map(
    (value) =>
      `<line class="grid" x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${round(y(value))}" y2="${round(y(value))}"/>
<text x="${FRAME.left - 8}" y="${round(y(value) + 4)}" text-anchor="end">${value}</text>`,
  )
  const seconds = [0, 10, 20, 30, 40, 50, 60].map(
    (second) => `<text x="${round(x(second))}" y="${HEIGHT - 14}" text-anchor="middle">${second} s</text>`,
  )
  const slow = `<rect class="slow" x="${round(x(BROWN_OUT.from))}" y="${FRAME.top}" width="${round(x(BROWN_OUT.to) - x(BROWN_OUT.from))}" height="${HEIGHT - FRAME.top - FRAME.bottom}"/>
<text x="${round(x((BROWN_OUT.from + BROWN_OUT.to) / 2))}" y="${FRAME.top + 16}" text-anchor="middle">slow</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Requests answered in time, a second, of ${OFFERED} that come">
<style>text{font:12px system-ui,sans-serif;fill:#334155}.grid{stroke:#94a3b8;stroke-opacity:.35}.slow{fill:#94a3b8;fill-opacity:.25}@media(prefers-color-scheme:dark){text{fill:#cbd5e1}}</style>
${[slow, ...ticks, ...seconds, ...lines].join('\n')}
</svg>
`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
