import { html, nothing, type TemplateResult } from 'lit'
import type { Page } from '../shared/console-page.ts'
import { card, empty, problemBox, table } from '../shared/parts.ts'
import { readPromises } from '../shared/server.ts'
import { View } from '../shared/view.ts'
import type { GuaranteeState, Promises } from '../shared/wire.ts'

export const page: Page = { id: 'guarantees', title: 'Guarantees', order: 4, tag: 'guarantees-page' }

interface State {
  promises: Promises | undefined
  problem: string
}

/** The page about what each system promises: the tests that prove it, and what becomes of it under faults. */
class GuaranteesPage extends View<State> {
  state: State = { promises: undefined, problem: '' }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.state.promises) void this.read()
  }

  private async read(): Promise<void> {
    try {
      this.set({ promises: await readPromises(), problem: '' })
    } catch (error) {
      this.set({ problem: (error as Error).message })
    }
  }

  override render(): TemplateResult {
    const { promises, problem } = this.state
    return html`
      <h1>Guarantees</h1>
      <p class="lead">What each system promises, the tests that fail when it breaks, and what users see under faults.</p>
      ${problemBox(problem)} ${promises ? this.all(promises) : problem ? nothing : empty('Reading …')}
    `
  }

  private all({ systems, overload }: Promises): TemplateResult {
    return html`
      ${systems.map(({ title, guarantees }) => card(title, promisesTable(title, guarantees)))}
      ${overload === null ? nothing : card('Under overload', overloadPlot(overload))}
    `
  }
}

function promisesTable(title: string, guarantees: readonly GuaranteeState[]): TemplateResult {
  return table(
    title,
    [
      { title: 'Guarantee', cell: ({ text, id }) => html`${prose(text)}<br /><code>${id}</code>` },
      { title: 'Proved by', cell: ({ proofs }) => listOf('test', proofs, proofLine) },
      { title: 'Under faults', cell: ({ faults }) => listOf('fault', faults, faultLine) },
    ],
    guarantees,
  )
}

function listOf<Item>(noun: string, items: readonly Item[], line: (item: Item) => TemplateResult): unknown {
  if (items.length === 0) return '–'
  return html`<details>
    <summary class="count">${items.length} ${noun}${items.length === 1 ? '' : 's'}</summary>
    <ul>${items.map((item) => html`<li>${line(item)}</li>`)}</ul>
  </details>`
}

const proofLine = ({ file, title }: GuaranteeState['proofs'][number]) =>
  html`${title}<br /><code class="hint">${file}</code>`

const faultLine = ({ fault, effect }: GuaranteeState['faults'][number]) =>
  html`${prose(fault)}: <span class="hint">${prose(effect)}</span>`

/** Shows a sentence of a page in Markdown: its code as code, links and emphasis as text. */
function prose(markdown: string): unknown {
  const text = markdown.replaceAll('**', '').replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
}

function overloadPlot(svg: string): TemplateResult {
  const src = `data:image/svg+xml,${encodeURIComponent(svg)}`
  return html`<p class="hint">
      Requests that are answered in time, a second, while more come than a slow dependency can take: the usual retries
      against a retry budget, a circuit breaker and shed load. <code>npm run scale</code> simulates it.
    </p>
    <img class="plot" src=${src} alt="Requests answered in time over the time, by each way to retry" />`
}

customElements.define('guarantees-page', GuaranteesPage)
