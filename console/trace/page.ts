import { html, nothing, type TemplateResult } from 'lit'
import { recordedCalls } from '../shared/calls.ts'
import type { Page } from '../shared/console-page.ts'
import { duration, timeOfDay } from '../shared/format.ts'
import { badge, card, empty, problemBox, statusBadge, table, traceLink } from '../shared/parts.ts'
import { readTrace } from '../shared/server.ts'
import { View } from '../shared/view.ts'
import type { Span, Trace } from '../shared/wire.ts'

export const page: Page = { id: 'trace', title: 'Trace', order: 2, tag: 'trace-page', isLocalOnly: true }

/** The pause between two reads, and the time without news after which a trace is complete, in milliseconds. */
const PAUSE_MS = 1_000
const QUIET_MS = 10_000

interface State {
  id: string
  trace: Trace | undefined
  isReading: boolean
  problem: string
}

const KINDS: Record<Span['kind'], string> = {
  function: 'function',
  outbox: 'waits in the outbox',
  bus: 'bus and queue',
}

/** The page about one request: a waterfall over every function that it reached, and the lines behind it. */
class TracePage extends View<State> {
  state: State = { id: '', trace: undefined, isReading: false, problem: '' }
  private reading: AbortController | undefined
  private readonly followAddress = () => this.open()

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.followAddress)
    this.open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.followAddress)
    this.reading?.abort()
  }

  private open(): void {
    const [, name, id = ''] = location.hash.split('/')
    if (name !== page.id) return
    const wanted = decodeURIComponent(id)
    this.reading?.abort()
    this.set({ id: wanted, problem: '', ...(wanted !== this.state.id && { trace: undefined }) })
    if (!wanted) return
    this.reading = new AbortController()
    void this.follow(wanted, this.reading.signal)
  }

  /** Reads a trace again and again: events arrive after the answer, and lines after both. */
  private async follow(id: string, signal: AbortSignal): Promise<void> {
    this.set({ isReading: true })
    let news = Date.now()
    while (!signal.aborted && Date.now() - news < QUIET_MS) {
      try {
        const trace = await readTrace(id)
        if (signal.aborted) return
        if (trace.lines.length !== this.state.trace?.lines.length) news = Date.now()
        this.set({ trace, problem: '' })
      } catch (error) {
        if (!signal.aborted) this.set({ problem: (error as Error).message })
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    if (!signal.aborted) this.set({ isReading: false })
  }

  override render(): TemplateResult {
    const { id, trace, isReading, problem } = this.state
    const spans = trace?.spans ?? []
    return html`
      <h1>Trace</h1>
      <p class="lead">
        One request, over every function, outbox, bus and queue that it reached. The id may be a trace id, a
        <code>traceparent</code>, an <code>x-request-id</code> or an event’s id.
      </p>
      <form class="row" @submit=${this.submit}>
        <label>Id <input name="id" required autocomplete="off" spellcheck="false" .value=${id}></label>
        <button type="submit">Show</button>
      </form>
      ${problemBox(problem)}
      <p class="hint" role="status">${isReading ? 'Following: more may arrive.' : nothing}</p>
      ${id ? nothing : this.recent()}
      ${id && trace && spans.length === 0 ? empty('Nothing has been logged with this id in the last hour.') : nothing}
      ${spans.length > 0 ? card('Waterfall', waterfall(spans), legend()) : nothing}
      ${
        trace && trace.lines.length > 0
          ? card(
              'Lines',
              html`<pre class="scroll" tabindex="0" role="region" aria-label="Lines">${trace.lines.join('\n')}</pre>`,
              hint(id),
            )
          : nothing
      }
    `
  }

  private readonly submit = (event: SubmitEvent) => {
    event.preventDefault()
    const id = String(new FormData(event.target as HTMLFormElement).get('id')).trim()
    const hash = `#/trace/${encodeURIComponent(id)}`
    if (location.hash === hash) this.open()
    else location.hash = hash
  }

  private recent(): TemplateResult {
    const calls = recordedCalls().slice(0, 10)
    if (calls.length === 0) return empty('Try a system first: each call of this page links to its trace.')
    return card(
      'Latest calls',
      table(
        'Latest calls',
        [
          { title: 'Time', cell: ({ time }) => timeOfDay(time) },
          { title: 'Call', cell: ({ method, path }) => html`<code>${method} ${path}</code>` },
          { title: 'Status', cell: ({ status }) => statusBadge(status) },
          { title: 'Trace', cell: ({ traceId }) => traceLink(traceId, `${traceId.slice(0, 8)}…`) },
        ],
        calls,
      ),
    )
  }
}

function hint(id: string): TemplateResult {
  return html`<code class="hint">npm run logs -- --trace ${id}</code>`
}

function legend(): TemplateResult {
  const kinds = Object.entries(KINDS)
  return html`<p class="legend">
    ${kinds.map(([kind, text]) => html`<span><span class="swatch ${kind}"></span> ${text}</span>`)}
  </p>`
}

function waterfall(spans: readonly Span[]): TemplateResult {
  const begin = Math.min(...spans.map(({ start }) => start))
  const total = Math.max(...spans.map(({ end }) => end)) - begin || 1
  const bar = ({ kind, outcome, start, end }: Span) => {
    const place = `left: ${(100 * (start - begin)) / total}%; width: ${(100 * (end - start)) / total}%`
    return html`<div class="track"><div class="bar ${kind} ${outcome}" .style=${place}></div></div>`
  }
  return table(
    'Waterfall',
    [
      {
        title: 'Where',
        cell: ({ kind, name }: Span) =>
          kind === 'function'
            ? html`<strong>${name}</strong>`
            : html`<span class="hint">${KINDS[kind]}: ${name}</span>`,
      },
      { title: 'From', cell: ({ start }) => `+${duration(start - begin)}`, isNumber: true },
      { title: 'Took', cell: ({ start, end }) => duration(end - start), isNumber: true },
      { title: 'When', cell: bar },
      {
        title: 'What',
        cell: ({ outcome, detail }) =>
          html`${outcome === 'failed' ? badge('failed', 'bad') : nothing} <span class="hint">${detail}</span>`,
      },
    ],
    spans,
  )
}

customElements.define('trace-page', TracePage)
