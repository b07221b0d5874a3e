import { html, nothing, type TemplateResult } from 'lit'
import type { Page } from '../shared/console-page.ts'
import { count, timeOfDay } from '../shared/format.ts'
import { onLive, received } from '../shared/live.ts'
import { badge, card, empty, problemBox, table, traceLink } from '../shared/parts.ts'
import { ask, readInventory } from '../shared/server.ts'
import { busily, View } from '../shared/view.ts'
import type { FunctionState, InjectedFault, Inventory, PolicyLine, QueueState } from '../shared/wire.ts'
import { describeFault, FAULT_KINDS, type FaultKind, toFault } from './fault-kinds.ts'

export const page: Page = { id: 'faults', title: 'Faults', order: 3, tag: 'faults-page', isLocalOnly: true }

interface State {
  inventory: Inventory | undefined
  queues: readonly QueueState[]
  lines: readonly PolicyLine[]
  chosen: string
  isBusy: boolean
  problem: string
  done: string
}

/** The page on which functions are broken on purpose, and where retries, breakers and dead letters answer. */
class FaultsPage extends View<State> {
  state: State = {
    inventory: undefined,
    queues: [],
    lines: [],
    chosen: '',
    isBusy: false,
    problem: '',
    done: '',
  }
  private stops: (() => void)[] = []
  private seen = ''

  override connectedCallback(): void {
    super.connectedCallback()
    this.stops = [
      onLive('policy', () => this.set({ lines: received('policy') })),
      onLive('queues', (queues) => this.set({ queues })),
    ]
    this.set({ lines: received('policy'), queues: received('queues')[0] ?? [] })
    this.seen = ''
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.stops) stop()
  }

  private async read(): Promise<void> {
    const inventory = await readInventory()
    const { chosen } = this.state
    const isThere = inventory.functions.some(({ functionName }) => functionName === chosen)
    this.set({ inventory, chosen: isThere ? chosen : (inventory.functions[0]?.functionName ?? '') })
  }

  override render(): TemplateResult {
    const deployed = JSON.stringify(this.deployed)
    if (deployed !== this.seen && this.deployed.isUp) {
      this.seen = deployed
      queueMicrotask(() => void busily(this, () => this.read()))
    }
    const { problem, done } = this.state
    return html`
      <h1>Faults</h1>
      <p class="lead">
        Break a function’s calls of AWS, then use its system: retries, breakers and dead letters answer here. A change
        starts new environments of the function.
      </p>
      ${problemBox(problem)}
      <p class="hint" role="status">${done}</p>
      <div class="halves">${card('Switch a fault on', this.form())} ${card('Switched on', this.active(), this.restore())}</div>
      ${card('What retries, breakers and consumers report', this.reports(), this.counts())}
      ${card('Dead letters', this.deadLetters())}
    `
  }

  private form(): TemplateResult {
    const { inventory, chosen, isBusy } = this.state
    if (!inventory) return empty('Reading …')
    const current = inventory.functions.find(({ functionName }) => functionName === chosen)
    return html`<form @submit=${this.add}>
      <label>
        Function
        <select name="functionName" @change=${(event: Event) => this.set({ chosen: (event.target as HTMLSelectElement).value })}>
          ${inventory.functions.map(
            ({ stack, name, functionName }) =>
              html`<option value=${functionName} ?selected=${functionName === chosen}>${stack}/${name}</option>`,
          )}
        </select>
      </label>
      <label>
        Operation
        <select name="operation">
          ${(current?.operations ?? []).map((operation) => html`<option>${operation}</option>`)}
        </select>
      </label>
      <div class="row">
        <label>
          What happens
          <select name="kind">
            ${Object.entries(FAULT_KINDS).map(([kind, { title }]) => html`<option value=${kind}>${title}</option>`)}
          </select>
        </label>
        <label>
          How often, in per cent
          <input name="percent" type="number" min="1" max="100" value="50" required>
        </label>
      </div>
      <div><button type="submit" ?disabled=${isBusy || !current?.operations.length}>Switch on</button></div>
    </form>`
  }

  private readonly add = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(form.get(name))
    const fault = toFault({
      operation: text('operation'),
      kind: text('kind') as FaultKind,
      percent: Number(form.get('percent')),
    })
    const target = this.state.inventory?.functions.find(({ functionName }) => functionName === text('functionName'))
    if (target) void this.change(target, [...target.faults, fault], `${target.name}: ${describeFault(fault)}.`)
  }

  private change({ functionName }: FunctionState, faults: readonly InjectedFault[], done: string): Promise<void> {
    return busily(this, async () => {
      await ask('POST', '/faults', { functionName, faults })
      await this.read()
      this.set({ done })
    })
  }

  private restore(): TemplateResult {
    const clear = () =>
      busily(this, async () => {
        const { restored } = await ask<{ restored: number }>('DELETE', '/faults')
        await this.read()
        this.set({ done: `All faults are off: ${count(restored, 'function')} restored.` })
      })
    return html`<button class="danger" ?disabled=${this.state.isBusy} @click=${clear}>Put everything back</button>`
  }

  private active(): TemplateResult {
    const functions = this.state.inventory?.functions ?? []
    const rows = functions.flatMap((target) => target.faults.map((fault, index) => ({ target, fault, index })))
    if (rows.length === 0) return empty('No fault is switched on.')
    return table(
      'Switched on',
      [
        { title: 'Function', cell: ({ target }) => `${target.stack}/${target.name}` },
        { title: 'Fault', cell: ({ fault }) => describeFault(fault) },
        {
          title: 'Off',
          cell: ({ target, index }) =>
            html`<button
              class="second"
              ?disabled=${this.state.isBusy}
              aria-label=${`Switch off the fault of ${target.name}`}
              @click=${() => this.change(target, target.faults.toSpliced(index, 1), `${target.name}: a fault is off.`)}
            >
              Off
            </button>`,
        },
      ],
      rows,
    )
  }

  private counts(): TemplateResult {
    const counts = Map.groupBy(this.state.lines, ({ message }) => message.replace(/^.* (?=\S+$)/, ''))
    return html`<span class="facts hint">
      ${[...counts].map(([name, lines]) => html`<span>${name} ${lines.length}</span>`)}
    </span>`
  }

  private reports(): TemplateResult {
    const { lines } = this.state
    if (lines.length === 0) return empty('Nothing yet: all calls went well at their first attempt.')
    return table(
      'Reports',
      [
        { title: 'Time', cell: ({ time }) => timeOfDay(time) },
        { title: 'Function', cell: (line) => `${line.stack}/${line.function}` },
        {
          title: 'Report',
          cell: ({ message, level }) => badge(message, level === 'ERROR' ? 'bad' : level === 'WARN' ? 'warn' : 'good'),
        },
        { title: 'Detail', cell: ({ detail }) => html`<span class="hint">${detail}</span>` },
        { title: 'Trace', cell: ({ traceId }) => (traceId ? traceLink(traceId) : nothing) },
      ],
      lines.slice(0, 60),
    )
  }

  private deadLetters(): TemplateResult {
    const filled = this.state.queues.filter(({ isForDeadLetters, depth }) => isForDeadLetters && depth > 0)
    if (filled.length === 0) return empty('No queue holds dead letters.')
    return table(
      'Dead letters',
      [
        { title: 'System', cell: ({ stack }) => stack },
        { title: 'Queue', cell: ({ name }) => name },
        { title: 'Messages', cell: ({ depth }) => badge(String(depth), 'bad'), isNumber: true },
        { title: 'Move them back', cell: ({ stack, name }) => html`<code>npm run redrive -- ${stack}/${name}</code>` },
      ],
      filled,
    )
  }
}

customElements.define('faults-page', FaultsPage)
