import type UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { ChartData, Series } from './chart-data.ts'

const HEIGHT = 200

/** Loaded when needed: it throws where the browser's language is none that `Intl` knows, and charts are then texts. */
const loading = import('uplot').then(
  ({ default: uPlot }) => uPlot,
  () => undefined,
)

/** The element `<stackyard-chart .data=${…}>`, drawn by uPlot in the colours of the console. */
class StackyardChart extends HTMLElement {
  #data: ChartData | undefined
  #plot: UPlot | undefined
  #uPlot: typeof UPlot | undefined
  #shape = ''
  readonly #resized = new ResizeObserver(() => this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT }))
  readonly #dark = matchMedia('(prefers-color-scheme: dark)')
  readonly #redraw = () => {
    this.#shape = ''
    this.#draw()
  }

  set data(data: ChartData) {
    this.#data = data
    if (this.isConnected && this.#uPlot) this.#draw()
  }

  connectedCallback(): void {
    this.setAttribute('role', 'img')
    this.#resized.observe(this)
    this.#dark.addEventListener('change', this.#redraw)
    void loading.then((uPlot) => {
      this.#uPlot = uPlot
      this.#redraw()
    })
  }

  disconnectedCallback(): void {
    this.#resized.disconnect()
    this.#dark.removeEventListener('change', this.#redraw)
  }

  #draw(): void {
    if (!this.#data) return
    const { label, x, series, isTime } = this.#data
    this.setAttribute('aria-label', label)
    const values = [[...x], ...series.map((each) => [...each.values])] as UPlot.AlignedData
    const shape = JSON.stringify([isTime, series.map(({ title, tone, kind }) => [title, tone, kind])])
    if (shape === this.#shape) {
      this.#plot?.setData(values)
      return
    }
    this.#plot?.destroy()
    if (this.#uPlot) this.#plot = new this.#uPlot(this.#options(this.#data), values, this)
    else this.textContent = label
    this.#shape = shape
  }

  #options({ series, isTime = false }: ChartData): UPlot.Options {
    const [quiet, line] = [this.#colour('quiet'), this.#colour('line')]
    const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
    return {
      width: this.clientWidth || 300,
      height: HEIGHT,
      cursor: { show: false },
      legend: { live: false },
      scales: { x: { time: isTime }, y: { range: (_, __, max) => [0, Math.max(1, max) * 1.1] } },
      axes: [axis, { ...axis, size: 44 }],
      series: [{}, ...series.map((each) => this.#series(each))],
    }
  }

  #series({ title, tone, kind = 'line' }: Series): UPlot.Series {
    const stroke = this.#colour(tone)
    const { bars, stepped } = this.#uPlot?.paths ?? {}
    const common = { label: title, stroke, width: 2, points: { show: false } }
    if (kind === 'dashed') return { ...common, dash: [6, 4] }
    if (kind === 'points')
      return { ...common, paths: () => null, points: { show: true, size: 6, fill: stroke, stroke } }
    if (kind === 'bars' && bars) return { ...common, width: 0, fill: stroke, paths: bars({ size: [0.7, 40] }) }
    if (kind === 'steps' && stepped) return { ...common, paths: stepped({ align: 1 }) }
    return common
  }

  /** Resolves a colour of the style sheet for the canvas, which doesn't know variables. */
  #colour(name: string): string {
    const probe = document.createElement('span')
    probe.style.color = `var(--${name})`
    this.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

customElements.define('stackyard-chart', StackyardChart)
