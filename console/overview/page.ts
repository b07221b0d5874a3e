import { html, type TemplateResult } from 'lit'
import { apiOf } from '../shared/api.ts'
import type { Page } from '../shared/console-page.ts'
import { timeOfDay } from '../shared/format.ts'
import { onLive, received } from '../shared/live.ts'
import { badge, card, empty, problemBox, table, traceLink } from '../shared/parts.ts'
import { readInventory } from '../shared/server.ts'
import { View } from '../shared/view.ts'
import type { BusEvent, Inventory, QueueState } from '../shared/wire.ts'

export const page: Page = { id: 'overview', title: 'Overview', order: 1, tag: 'overview-page' }

/** Events that are shown. */
const SHOWN_EVENTS = 12

type Health = 'healthy' | 'unhealthy' | 'unknown'

interface State {
  inventory: Inventory | undefined
  queues: readonly QueueState[]
  events: readonly BusEvent[]
  health: Readonly<Record<string, Health>>
  problem: string
}

/** The page about all systems: what is deployed, what waits, and what happens. */
class OverviewPage extends View<State> {
  state: State = { inventory: undefined, queues: [], events: received('event'), health: {}, problem: '' }
  private seen = ''
  private stops: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.stops = [
      onLive('event', () => this.set({ events: received('event') })),
      onLive('queues', (queues) => this.set({ queues })),
    ]
    this.set({ events: received('event'), queues: received('queues')[0] ?? this.state.queues })
    void this.look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.stops) stop()
  }

  override render(): TemplateResult {
    if (JSON.stringify(this.deployed) !== this.seen) void this.look()
    const { stacks } = this.deployed
    return html`
      <h1>Overview</h1>
      <p class="lead">The systems that are deployed, what waits in their queues, and what happens right now.</p>
      ${problemBox(this.state.problem)}
      <div class="tiles">${stacks.map(({ name, apiUrl }) => this.tile(name, apiUrl))}</div>
      ${this.deployed.mode === 'local' ? this.watched() : ''}
    `
  }

  private async look(): Promise<void> {
    if (!this.deployed?.isUp) return
    this.seen = JSON.stringify(this.deployed)
    try {
      await Promise.all([this.deployed.mode === 'local' ? this.readInventory() : undefined, this.checkHealth()])
    } catch (error) {
      this.set({ problem: (error as Error).message })
    }
  }

  private async readInventory(): Promise<void> {
    const inventory = await readInventory()
    this.set({ inventory, queues: inventory.queues, problem: '' })
  }

  private async checkHealth(): Promise<void> {
    for (const { name } of this.deployed.stacks) {
      const api = apiOf(name, { sub: 'console', scope: '' })
      const { status } = await api.call({ path: '/health', withToken: false, isListed: false })
      this.set({ health: { ...this.state.health, [name]: status === 200 ? 'healthy' : 'unhealthy' } })
    }
  }

  private tile(name: string, apiUrl: string): TemplateResult {
    const health = this.state.health[name] ?? 'unknown'
    const functions = this.state.inventory?.functions.filter(({ stack }) => stack === name) ?? []
    const dead = this.queuesOf(name).filter(({ isForDeadLetters }) => isForDeadLetters)
    const letters = dead.reduce((sum, { depth }) => sum + depth, 0)
    const faulty = functions.filter(({ faults }) => faults.length > 0).length
    return html`<div class="card tile">
      <div class="head">
        <h2>${name}</h2>
        ${health === 'unknown' ? badge('checking', 'quiet') : badge(health, health === 'healthy' ? 'good' : 'bad')}
      </div>
      <p class="url"><code>${apiUrl}</code></p>
      ${
        this.deployed.mode === 'local'
          ? html`<p class="facts">
              <span>${functions.length} functions</span>
              ${letters > 0 ? badge(`${letters} dead letters`, 'bad') : html`<span>no dead letters</span>`}
              ${faulty > 0 ? badge(`faults in ${faulty}`, 'warn') : ''}
            </p>`
          : ''
      }
    </div>`
  }

  private queuesOf(name: string): QueueState[] {
    return this.state.queues.filter(({ stack }) => stack === name)
  }

  private watched(): TemplateResult {
    return html`
      ${card('Latest events', this.events(), html`<span class="hint">as they come over the buses</span>`)}
      <div class="halves">${card('Queues', this.queues(false))} ${card('Dead letters', this.queues(true))}</div>
      ${card('Functions', this.functions())}
    `
  }

  private events(): TemplateResult {
    const events = this.state.events.slice(0, SHOWN_EVENTS)
    if (events.length === 0) return empty('No event yet: try a system, and see its events arrive here.')
    return table(
      'Latest events',
      [
        { title: 'Time', cell: ({ time }) => timeOfDay(time) },
        { title: 'Event', cell: ({ type }) => html`<code>${type}</code>` },
        { title: 'Subject', cell: ({ subject }) => html`<code>${subject}</code>` },
        { title: 'Tenant', cell: ({ tenant }) => tenant },
        { title: 'Trace', cell: ({ traceparent }) => traceLink(traceparent.split('-')[1] ?? '') },
      ],
      events,
    )
  }

  private queues(isForDeadLetters: boolean): TemplateResult {
    const queues = this.state.queues.filter((queue) => queue.isForDeadLetters === isForDeadLetters)
    if (queues.length === 0) return empty('None is deployed.')
    const tone = (depth: number) => (depth === 0 ? 'quiet' : isForDeadLetters ? 'bad' : 'warn')
    return table(
      isForDeadLetters ? 'Dead-letter queues' : 'Queues',
      [
        { title: 'System', cell: ({ stack }) => stack },
        { title: 'Queue', cell: ({ name }) => name },
        { title: 'Messages', cell: ({ depth }) => badge(String(depth), tone(depth)), isNumber: true },
      ],
      queues,
    )
  }

  private functions(): TemplateResult {
    const { inventory } = this.state
    if (!inventory) return empty('Reading …')
    if (inventory.functions.length === 0) return empty('None is deployed yet.')
    return table(
      'Functions',
      [
        { title: 'System', cell: ({ stack }) => stack },
        { title: 'Function', cell: ({ name }) => name },
        { title: 'Calls', cell: ({ operations }) => html`<span class="hint">${operations.join(', ') || '–'}</span>` },
        { title: 'Faults', cell: ({ faults }) => (faults.length > 0 ? badge(`${faults.length} on`, 'warn') : 'none') },
      ],
      inventory.functions,
    )
  }
}

customElements.define('overview-page', OverviewPage)
