import { html, nothing, type TemplateResult } from 'lit'
import type { Page } from '../shared/console-page.ts'
import { timeOfDay } from '../shared/format.ts'
import { card, empty, problemBox, table } from '../shared/parts.ts'
import { busily, View } from '../shared/view.ts'
import { channels, isFinal, statusOf, timeline, why } from './explanation.ts'
import './inbox-part.ts'
import './notification.css'
import './outbox-part.ts'
import './quiet-part.ts'
import { createScenario, type Mail, type Notification, type SendForm, TEMPLATES, type Why } from './scenario.ts'

export const page: Page = {
  ...{ id: 'notifications', title: 'Notifications', order: 14, stack: 'Notification', tag: 'notifications-page' },
  // Its mails are read from an outbox that only a development stage has.
  isLocalOnly: true,
}

interface Sent {
  notification: Notification
  why: Why
}

interface State {
  sent: readonly Sent[]
  chosen: string
  mails: readonly Mail[]
  isBusy: boolean
  problem: string
}

/** The pause between two looks at what became of notifications, in milliseconds. */
const LOOK_MS = 1000
const MAX_SENT = 20

/** The page on which notifications are sent, explained and received. */
class NotificationsPage extends View<State> {
  state: State = { sent: [], chosen: '', mails: [], isBusy: false, problem: '' }
  private readonly scenario = createScenario(`console-${crypto.randomUUID().slice(0, 8)}`)
  private timer: ReturnType<typeof setTimeout> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.lookLater()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  override render(): TemplateResult {
    const { problem, mails, sent, chosen } = this.state
    const { webSocketUrl = '' } = this.deployed.stacks.find(({ name }) => name === 'Notification') ?? {}
    const shown = sent.find(({ notification }) => notification.id === chosen)
    return html`
      <h1>Notifications</h1>
      <p class="lead">
        Send one to Ann, see which rules decided about each channel, and receive it: as a mail and in her inbox.
      </p>
      ${problemBox(problem)}
      <div class="halves">
        ${card('Send', this.form())}
        ${card('Ann’s inbox', html`<inbox-part .webSocketUrl=${webSocketUrl} .scenario=${this.scenario}></inbox-part>`)}
      </div>
      <div class="halves">
        ${card('Sent', this.list())}
        ${card('Ann’s quiet hours', html`<quiet-part .scenario=${this.scenario}></quiet-part>`)}
      </div>
      ${shown ? this.explained(shown) : nothing}
      ${card('Outbox', html`<outbox-part .mails=${mails}></outbox-part>`)}
    `
  }

  private form(): TemplateResult {
    const options = Object.entries(TEMPLATES)
    return html`<form @submit=${this.send}>
      <label>
        Template
        <select name="template">
          ${options.map(([name, { title }]) => html`<option value=${name}>${title}</option>`)}
        </select>
      </label>
      <div class="row">
        <label>Who <input name="who" value="Bob" required></label>
        <label>Text <input name="text" value="See you at noon." required></label>
      </div>
      <div class="row">
        <label>
          Priority
          <select name="priority">
            ${['normal', 'critical', 'bulk'].map((priority) => html`<option>${priority}</option>`)}
          </select>
        </label>
        <label>Delay in seconds <input name="afterSeconds" type="number" min="0" max="3600" value="0" required></label>
      </div>
      <div><button type="submit" ?disabled=${this.state.isBusy}>Send</button></div>
    </form>`
  }

  private readonly send = (event: SubmitEvent) => {
    event.preventDefault()
    const { afterSeconds, ...form } = Object.fromEntries(new FormData(event.target as HTMLFormElement))
    return busily(this, async () => {
      const id = await this.scenario.send({ ...form, afterSeconds: Number(afterSeconds) } as SendForm)
      const read = await this.scenario.read(id)
      this.set({ sent: [read, ...this.state.sent].slice(0, MAX_SENT), chosen: id })
    })
  }

  private list(): TemplateResult {
    if (this.state.sent.length === 0) return empty('Nothing was sent yet.')
    return table(
      'Notifications that were sent',
      [
        { title: 'Time', cell: ({ notification: { createdAt } }) => timeOfDay(createdAt) },
        { title: 'Category', cell: ({ notification: { category } }) => category },
        { title: 'Status', cell: ({ notification: { status } }) => statusOf(status) },
        { title: 'Actions', cell: ({ notification }) => this.actions(notification) },
      ],
      this.state.sent,
    )
  }

  private actions({ id, status, category, createdAt }: Notification): TemplateResult {
    const about = `${category} of ${timeOfDay(createdAt)}`
    const cancel = () => busily(this, () => this.scenario.cancel(id))
    return html`<div class="row">
      <button
        class="second"
        aria-pressed=${id === this.state.chosen}
        aria-label=${`Explain ${about}`}
        @click=${() => this.set({ chosen: id })}
      >
        Explain
      </button>
      ${
        isFinal(status)
          ? nothing
          : html`<button class="danger" aria-label=${`Cancel ${about}`} @click=${cancel}>Cancel</button>`
      }
    </div>`
  }

  private explained({ notification, why: reasons }: Sent): TemplateResult {
    return html`
      ${card('Channels', channels(notification), html`<code>${notification.id}</code>`)}
      <div class="halves">${card('Timeline', timeline(notification))} ${card('Why', why(reasons))}</div>
    `
  }

  private lookLater(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.look().finally(() => this.isConnected && this.lookLater()), LOOK_MS)
  }

  /** Reads what became of those that are still open, and the mails. */
  private async look(): Promise<void> {
    const open = this.state.sent.filter(({ notification: { status } }) => !isFinal(status))
    if (this.state.sent.length === 0) return
    try {
      const [mails, ...read] = await Promise.all([
        this.scenario.outbox(),
        ...open.map(({ notification: { id } }) => this.scenario.read(id)),
      ])
      const news = new Map(read.map((each) => [each.notification.id, each]))
      this.set({ mails, sent: this.state.sent.map((each) => news.get(each.notification.id) ?? each) })
    } catch (error) {
      this.set({ problem: (error as Error).message })
    }
  }
}

customElements.define('notifications-page', NotificationsPage)
