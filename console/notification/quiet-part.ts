import { html, type TemplateResult } from 'lit'
import { problemBox } from '../shared/parts.ts'
import { busily, View } from '../shared/view.ts'
import { dial, minuteIn, timeOf } from './clock.ts'
import type { QuietHours, Scenario } from './scenario.ts'

interface State {
  quietHours: QuietHours | null
  zone: string
  now: number
  isBusy: boolean
  problem: string
}

const SECOND_MS = 1000
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Pacific/Auckland', 'UTC']

/** The reader's quiet hours, and the time that it is for them. */
export class QuietPart extends View<State> {
  state: State = { quietHours: null, zone: ownZone(), now: Date.now(), isBusy: false, problem: '' }
  scenario: Scenario | undefined
  private tick: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.tick = setInterval(() => this.set({ now: Date.now() }), SECOND_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.tick)
  }

  override render(): TemplateResult {
    const { quietHours, zone, now, isBusy, problem } = this.state
    const minute = minuteIn(zone, now)
    const zones = [...new Set([ownZone(), ...ZONES])]
    return html`
      ${problemBox(problem)}
      ${dial(quietHours, zone, now)}
      <form class="row" @submit=${this.submit}>
        <label>From <input name="start" type="time" required .value=${quietHours?.start ?? timeOf(minute - 60)}></label>
        <label>To <input name="end" type="time" required .value=${quietHours?.end ?? timeOf(minute + 60)}></label>
        <label>
          Zone
          <select name="zone" @change=${(event: Event) => this.set({ zone: (event.target as HTMLSelectElement).value })}>
            ${zones.map((each) => html`<option ?selected=${each === zone}>${each}</option>`)}
          </select>
        </label>
        <button type="submit" ?disabled=${isBusy}>Set quiet hours</button>
        <button type="button" class="second" ?disabled=${isBusy || !quietHours} @click=${() => this.change(null)}>
          No quiet hours
        </button>
      </form>
      <p class="hint">Mail waits for the end of the quiet hours; the inbox does not, nor does what is critical.</p>
    `
  }

  private readonly submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const [start, end, zone] = ['start', 'end', 'zone'].map((name) => String(form.get(name)))
    void this.change({ start: start ?? '', end: end ?? '', zone: zone ?? '' })
  }

  private change(quietHours: QuietHours | null): Promise<void> {
    return busily(this, async () => {
      await this.scenario?.setQuietHours(quietHours)
      this.set({ quietHours })
    })
  }
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

customElements.define('quiet-part', QuietPart)
