import { html, nothing, type TemplateResult } from 'lit'
import '../shared/chart.ts'
import type { Page } from '../shared/console-page.ts'
import { numberField, selectField } from '../shared/fields.ts'
import { badge, card, empty, problemBox, table } from '../shared/parts.ts'
import { busily, View } from '../shared/view.ts'
import { ALGORITHMS, checkOnce, deletePolicy, listPolicies, MODES, type Policy, putPolicy, STACK } from './limits.ts'
import { STEP_MS } from './pace.ts'
import { plotDecisions, summary } from './plot-decisions.ts'
import { type Load, type Run, runLoad } from './run-load.ts'

export const page: Page = { id: 'limiter', title: 'Limiter', order: 12, stack: STACK, tag: 'limiter-page' }

interface State {
  policies: readonly Policy[]
  /** The policy that is edited; undefined for a new one. */
  edited: Policy | undefined
  load: Load
  run: Run | undefined
  isRunning: boolean
  isBusy: boolean
  problem: string
  done: string
}

/** The promise of each algorithm: docs/modules/rate-limit.md. */
const PROMISES: Record<string, string> = {
  'fixed-window': 'The limit in each aligned window: around the end of one, up to twice the limit may pass.',
  'sliding-window':
    'The limit over a moving window, assuming that the requests of the previous window were evenly spread.',
  'token-bucket': 'A burst up to the limit, and a steady refill of the limit per window after that.',
}

const LOAD: Load = { limit: 10, windowMs: 4_000, perSecond: 8, mode: 'enforce', blockMs: 0, totalMs: 12_000 }

/** The page of the rate limiter: policies, and the same load against each algorithm. */
class LimiterPage extends View<State> {
  state: State = {
    policies: [],
    edited: undefined,
    load: LOAD,
    run: undefined,
    isRunning: false,
    isBusy: false,
    problem: '',
    done: '',
  }
  private running: AbortController | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.act(async () => '')
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.running?.abort()
  }

  private act(work: () => Promise<string>): Promise<void> {
    return busily(this, async () => {
      const done = await work()
      this.set({ policies: await listPolicies(), done })
    })
  }

  override render(): TemplateResult {
    const { problem, done, run, edited } = this.state
    return html`
      <h1>Limiter</h1>
      <p class="lead">Send the same load to each algorithm, and see what it admits beside its limit; change policies live.</p>
      ${problemBox(problem)}
      <p class="hint" role="status">${done}</p>
      ${card('A load against each algorithm', this.loadForm())}
      ${run ? html`<div class="thirds">${ALGORITHMS.map((algorithm) => this.plot(algorithm, run))}</div>` : nothing}
      <div class="halves">
        ${card('Policies', this.list())} ${card(edited ? `Change ${edited.name}` : 'Make a policy', this.policyForm())}
      </div>
    `
  }

  private plot(algorithm: string, run: Run): TemplateResult {
    const decisions = run[algorithm] ?? []
    const { limit, windowMs, totalMs } = this.state.load
    const data = plotDecisions(decisions, { algorithm, limit, windowMs, totalMs, stepMs: STEP_MS })
    return card(
      algorithm,
      html`<p class="hint">${PROMISES[algorithm]}</p>
        <p>${summary(decisions)}</p>
        <stackyard-chart .data=${data}></stackyard-chart>`,
    )
  }

  private loadForm(): TemplateResult {
    const { load, isRunning, isBusy } = this.state
    return html`<form @submit=${this.start}>
      <div class="row">
        ${numberField({ label: 'Limit', name: 'limit', value: load.limit, min: 1, max: 200 })}
        ${numberField({ label: 'Window, in seconds', name: 'window', value: load.windowMs / 1000, min: 1, max: 60 })}
        ${numberField({ label: 'Checks a second', name: 'perSecond', value: load.perSecond, min: 1, max: 40 })}
        ${numberField({ label: 'For seconds', name: 'total', value: load.totalMs / 1000, min: 2, max: 60 })}
        ${numberField({ label: 'Block after a denial, in seconds', name: 'block', value: load.blockMs / 1000, min: 0, max: 60 })}
        ${selectField({ label: 'Mode', name: 'mode', values: MODES.slice(0, 2), chosen: load.mode })}
      </div>
      <div class="row">
        <button type="submit" ?disabled=${isRunning || isBusy}>Send the load</button>
        <button type="button" class="second" ?disabled=${!isRunning} @click=${() => this.running?.abort()}>Stop</button>
      </div>
    </form>`
  }

  private readonly start = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const number = (name: string) => Number(form.get(name))
    const load: Load = {
      limit: number('limit'),
      windowMs: number('window') * 1000,
      perSecond: number('perSecond'),
      totalMs: number('total') * 1000,
      blockMs: number('block') * 1000,
      mode: String(form.get('mode')),
    }
    const controller = new AbortController()
    this.running = controller
    this.set({ load, run: {}, isRunning: true })
    void this.act(async () => {
      try {
        await runLoad(load, (run) => this.set({ run }), controller.signal)
      } finally {
        this.set({ isRunning: false })
      }
      return 'The load has ended.'
    })
  }

  private list(): TemplateResult {
    const { policies, isBusy } = this.state
    if (policies.length === 0) return empty('There is no policy yet: make one.')
    const button = (text: string, name: string, work: () => Promise<string>) =>
      html`<button
        class="second small"
        ?disabled=${isBusy}
        aria-label=${`${text} ${name}`}
        @click=${() => this.act(work)}
      >
        ${text}
      </button>`
    return table(
      'Policies',
      [
        {
          title: 'Policy',
          cell: (policy: Policy) =>
            html`<button class="second small" @click=${() => this.set({ edited: policy })}>${policy.name}</button>`,
        },
        {
          title: 'Rule',
          cell: ({ algorithm, limit, windowMs }) =>
            html`${limit}${windowMs ? ` in ${windowMs / 1000} s` : ''} <span class="hint">${algorithm}</span>`,
        },
        { title: 'Mode', cell: ({ mode }) => badge(mode, mode === 'enforce' ? 'good' : 'warn') },
        { title: 'Ask', cell: ({ name }) => button('Check', name, () => checkOnce(name)) },
        {
          title: 'Delete',
          cell: ({ name }) => button('Delete', name, () => deletePolicy(name).then(() => `${name} is deleted.`)),
        },
      ],
      policies,
    )
  }

  private policyForm(): TemplateResult {
    const { edited, isBusy } = this.state
    const {
      name = '',
      algorithm = 'sliding-window',
      limit = 5,
      windowMs,
      mode = 'enforce',
      onError = 'closed',
    } = edited ?? {}
    return html`<form @submit=${this.save}>
      <label>
        Name
        <input name="name" required pattern="[a-z0-9][a-z0-9_.\\-]*" autocomplete="off" .value=${name} ?readonly=${edited !== undefined}>
      </label>
      <div class="row">
        ${selectField({ label: 'Algorithm', name: 'algorithm', values: ALGORITHMS, chosen: algorithm })}
        <label>Limit <input name="limit" type="number" min="1" required .value=${String(limit)}></label>
        <label>
          Window, in seconds
          <input name="window" type="number" min="1" required .value=${String((windowMs ?? 60_000) / 1000)}>
        </label>
      </div>
      <div class="row">
        ${selectField({ label: 'Mode', name: 'mode', values: MODES, chosen: mode })}
        ${selectField({ label: 'When the table does not answer', name: 'onError', values: ['closed', 'open', 'local'], chosen: onError })}
      </div>
      <div class="row">
        <button type="submit" ?disabled=${isBusy}>Save</button>
        ${edited ? html`<button type="button" class="second" @click=${() => this.set({ edited: undefined })}>New</button>` : nothing}
      </div>
      <p class="hint">A change is live everywhere within 10 seconds, and keeps what was counted.</p>
    </form>`
  }

  private readonly save = (event: SubmitEvent) => {
    event.preventDefault()
    const {
      name,
      window: seconds,
      limit,
      ...fields
    } = Object.fromEntries(new FormData(event.target as HTMLFormElement))
    const body = { ...fields, limit: Number(limit), windowMs: Number(seconds) * 1000 }
    void this.act(async () => {
      await putPolicy(String(name), body)
      return `${name} is saved.`
    })
  }
}

customElements.define('limiter-page', LimiterPage)
