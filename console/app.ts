import { html, nothing, type TemplateResult } from 'lit'
import { onCall, recordedCalls } from './shared/calls.ts'
import type { Page } from './shared/console-page.ts'
import { duration, timeOfDay } from './shared/format.ts'
import { type LiveStatus, onLiveStatus, startLive } from './shared/live.ts'
import { badge, empty, statusBadge, table, traceLink } from './shared/parts.ts'
import { readState } from './shared/server.ts'
import { pasteToken } from './shared/tokens.ts'
import { View } from './shared/view.ts'
import type { ConsoleState } from './shared/wire.ts'

/** The pause between two looks at what is deployed, in milliseconds. */
const LOOK_MS = 3_000

let pages: readonly Page[] = []

interface State {
  deployed: ConsoleState | undefined
  problem: string
  path: string
  live: LiveStatus
}

/** The frame of all pages: navigation, the state of the cloud, and the list of calls. */
class StackyardConsole extends View<State> {
  state: State = { deployed: undefined, problem: '', path: location.hash, live: 'off' }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', () => this.show())
    onLiveStatus((live) => this.set({ live }))
    onCall(() => this.requestUpdate())
    void this.look()
  }

  private show(): void {
    this.set({ path: location.hash })
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('main')?.focus())
  }

  private async look(): Promise<void> {
    try {
      const before = this.state.deployed
      const deployed = await readState()
      if (JSON.stringify(deployed) !== JSON.stringify(before) || this.state.problem) this.set({ deployed, problem: '' })
      if (!before && deployed.mode === 'local') startLive()
    } catch (error) {
      this.set({ problem: (error as Error).message })
    }
    setTimeout(() => void this.look(), LOOK_MS)
  }

  private shownPages(): Page[] {
    const { deployed } = this.state
    const isDeployed = (stack: string) => deployed?.stacks.some(({ name }) => name === stack) ?? false
    return pages.filter(
      ({ stack, isLocalOnly }) => (!stack || isDeployed(stack)) && !(isLocalOnly && deployed?.mode === 'aws'),
    )
  }

  override render(): TemplateResult {
    const shown = this.shownPages()
    const id = this.state.path.split('/')[1]
    const current = shown.find((page) => page.id === id) ?? shown[0]
    document.title = current ? `${current.title} · Stackyard console` : 'Stackyard console'
    return html`
      <a class="skip" href="#content" @click=${this.skip}>Skip to the content</a>
      <header class="top">
        <p class="brand">Stackyard</p>
        <nav aria-label="Pages">
          ${shown.map(
            (page) =>
              html`<a href="#/${page.id}" aria-current=${page === current ? 'page' : nothing}>${page.title}</a>`,
          )}
        </nav>
        <p class="cloud" role="status">${this.cloudState()}</p>
      </header>
      <main id="content" tabindex="-1">
        ${this.notice()}
        ${current && this.state.deployed ? elementOf(current, this.state.deployed) : nothing}
      </main>
      <footer>${this.calls()}</footer>
    `
  }

  private skip(event: Event): void {
    event.preventDefault()
    document.getElementById('content')?.focus()
  }

  private cloudState(): TemplateResult {
    const { deployed, problem, live } = this.state
    if (problem) return badge('Console disconnected', 'bad')
    if (!deployed) return badge('Connecting', 'quiet')
    if (deployed.mode === 'aws') return badge('Deployment on AWS', 'good')
    if (!deployed.isUp) return badge('Local cloud is down', 'bad')
    return live === 'connected' ? badge('Local cloud, live', 'good') : badge('Feed reconnecting', 'warn')
  }

  private notice(): TemplateResult | typeof nothing {
    const { deployed, problem } = this.state
    if (problem) return html`<p class="notice bad" role="alert">${problem}</p>`
    if (!deployed) return nothing
    if (deployed.mode === 'aws') return tokenForm()
    if (!deployed.isUp) {
      return html`<p class="notice warn">
        The local cloud does not answer. It may be starting; otherwise run <code>npm start</code>. This page goes on by
        itself.
      </p>`
    }
    return deployed.stacks.length > 0
      ? nothing
      : html`<p class="notice warn">The stacks are being deployed. This page goes on by itself.</p>`
  }

  private calls(): TemplateResult {
    const calls = recordedCalls()
    return html`<details class="calls">
      <summary>Calls of this page (${calls.length})</summary>
      ${
        calls.length === 0
          ? empty('Every call of an API that this page makes appears here, with its trace.')
          : table(
              'Calls',
              [
                { title: 'Time', cell: ({ time }) => timeOfDay(time) },
                { title: 'System', cell: ({ stack }) => stack },
                { title: 'Call', cell: ({ method, path }) => html`<code>${method} ${path}</code>` },
                { title: 'Status', cell: ({ status }) => statusBadge(status) },
                { title: 'Took', cell: ({ ms }) => duration(ms), isNumber: true },
                { title: 'Trace', cell: ({ traceId }) => traceLink(traceId) },
              ],
              calls,
            )
      }
    </details>`
  }
}

function tokenForm(): TemplateResult {
  return html`<form class="notice row" @submit=${(event: SubmitEvent) => event.preventDefault()}>
    <label>
      Access token
      <input
        type="password"
        autocomplete="off"
        @input=${(event: InputEvent) => pasteToken((event.target as HTMLInputElement).value)}
      >
    </label>
    <p class="hint">It stays in this page, and goes nowhere but to the API.</p>
  </form>`
}

/** Elements of the pages so far: a page keeps what it shows while another one is open. */
const elements = new Map<string, HTMLElement>()

function elementOf({ tag, id }: Page, deployed: ConsoleState): HTMLElement {
  const element = elements.get(id) ?? document.createElement(tag)
  elements.set(id, element)
  if (element instanceof View) element.deployed = deployed
  return element
}

customElements.define('stackyard-console', StackyardConsole)

/** Shows the console with these pages. */
export function startConsole(all: readonly Page[]): void {
  pages = [...all].sort((a, b) => a.order - b.order)
  document.querySelector<StackyardConsole>('stackyard-console')?.requestUpdate()
}
