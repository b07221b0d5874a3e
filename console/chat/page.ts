import { html, type TemplateResult } from 'lit'
import type { Page } from '../shared/console-page.ts'
import { timeOfDay } from '../shared/format.ts'
import { badge, card, empty, problemBox, type Tone, table } from '../shared/parts.ts'
import { busily, View } from '../shared/view.ts'
import './chat.css'
import { connect, createPerson, lose, openRoom, type Person } from './person.ts'

export const page: Page = { id: 'chat', title: 'Chat', order: 13, stack: 'Chat', tag: 'chat-page', isLocalOnly: true }

interface State {
  people: readonly Person[]
  room: string
  isBusy: boolean
  problem: string
}

const TONES: Record<string, Tone> = { online: 'good', offline: 'bad' }

/** The page on which two people chat, and either connection can be cut. */
class ChatPage extends View<State> {
  state: State = { people: [], room: '', isBusy: false, problem: '' }

  override render(): TemplateResult {
    const { people, problem, room } = this.state
    return html`
      <h1>Chat</h1>
      <p class="lead">
        Two people, each with a client and a connection of their own. Cut one, write from both sides, and connect it again:
        every message has one number, there is no gap, and what was written offline is stored once.
      </p>
      ${problemBox(problem)}
      ${
        people.length === 0
          ? html`<div><button ?disabled=${this.state.isBusy} @click=${this.begin}>Let Ann and Bob chat</button></div>`
          : html`<div class="halves">${people.map((person) => this.person(person))}</div>`
      }
      ${room ? html`<p class="hint">Room <code>${room}</code></p>` : ''}
    `
  }

  private readonly begin = () =>
    busily(this, async () => {
      const { webSocketUrl } = this.deployed.stacks.find(({ name }) => name === 'Chat') ?? {}
      if (webSocketUrl === undefined) throw new Error('The stack Chat has no WebSocket URL.')
      const tenant = `console-${crypto.randomUUID().slice(0, 8)}`
      const onChange = () => this.requestUpdate()
      const people = ['ann', 'bob'].map((name) => createPerson({ name, tenant, webSocketUrl, onChange }))
      const [ann] = people
      const { json, ok } = (await ann?.api.call({
        method: 'POST',
        path: '/v1/rooms',
        headers: { 'idempotency-key': crypto.randomUUID() },
        body: { kind: 'direct', with: 'bob' },
      })) ?? { json: undefined, ok: false }
      if (!ok) throw new Error(json?.detail ?? 'The room could not be made.')
      for (const person of people) {
        openRoom(person, json.id, onChange)
        person.chat.start()
      }
      this.set({ people, room: json.id })
    })

  private person(person: Person): TemplateResult {
    const { name, chat, switches } = person
    const title = name === 'ann' ? 'Ann' : 'Bob'
    const { status } = chat.state()
    const isOn = (event: Event) => (event.target as HTMLInputElement).checked
    return card(
      title,
      html`<div class="person">
        <div class="row">
          <label class="check">
            <input
              type="checkbox"
              role="switch"
              .checked=${switches.isConnected}
              @change=${(event: Event) => connect(person, isOn(event))}
            >
            ${title} is connected
          </label>
          <label class="check">
            <input
              type="checkbox"
              role="switch"
              .checked=${switches.isLossy}
              @change=${(event: Event) => lose(person, isOn(event))}
            >
            Lose what comes to ${title}
          </label>
        </div>
        ${this.messages(person, title)}
        <form class="row" @submit=${(event: SubmitEvent) => this.say(person, event)}>
          <label>Message of ${title} <input name="body" autocomplete="off" maxlength="1000" required></label>
          <button type="submit">Send</button>
        </form>
        ${this.log(person, title)}
      </div>`,
      badge(status, TONES[status] ?? 'warn'),
    )
  }

  private messages({ view }: Person, title: string): TemplateResult {
    const messages = view?.messages() ?? []
    const pending = view?.pending() ?? []
    return html`<ol class="messages" tabindex="0" aria-label=${`Messages that ${title} sees`}>
      ${messages.map(
        ({ seq, user, body }) =>
          html`<li><span class="seq">${seq}</span><span>${user}: ${body ?? '(deleted)'}</span></li>`,
      )}
      ${pending.map(
        ({ fields, status }) =>
          html`<li class="pending"><span class="seq">…</span><span>${'body' in fields ? fields.body : ''} (${status})</span></li>`,
      )}
    </ol>`
  }

  private log({ log }: Person, title: string): TemplateResult {
    if (log.lines.length === 0) return empty('Nothing yet.')
    return table(
      `What the client of ${title} does`,
      [
        { title: 'Time', cell: ({ time }) => timeOfDay(time) },
        { title: `What the client of ${title} does`, cell: ({ text, tone }) => badge(text, tone) },
      ],
      log.lines,
    )
  }

  private say(person: Person, event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const body = String(new FormData(form).get('body'))
    form.reset()
    person.chat.send({ room: this.state.room, body }).catch((error: Error) => this.set({ problem: error.message }))
    this.requestUpdate()
  }
}

customElements.define('chat-page', ChatPage)
