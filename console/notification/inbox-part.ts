import '../../clients/inbox/src/element/define.ts'
import { html, type TemplateResult } from 'lit'
import { createNetwork, type Network } from '../shared/network.ts'
import { badge } from '../shared/parts.ts'
import { tokenOf } from '../shared/tokens.ts'
import { View } from '../shared/view.ts'
import { READER, type Scenario } from './scenario.ts'

interface State {
  unseen: number
  unread: number
  isConnected: boolean
}

/** The reader's inbox as the component shows it, with a switch that cuts its connection. */
export class InboxPart extends View<State> {
  state: State = { unseen: 0, unread: 0, isConnected: true }
  webSocketUrl = ''
  #scenario: Scenario | undefined
  #network: Network | undefined

  set scenario(scenario: Scenario) {
    if (scenario === this.#scenario) return
    this.#scenario = scenario
    const { fetch } = scenario.readerApi
    this.#network = createNetwork({
      fetch: (input, init) => fetch(String(input).replace(location.origin, ''), init),
    })
    this.requestUpdate()
  }

  override render(): TemplateResult {
    const { unseen, unread, isConnected } = this.state
    return html`
      <div class="row inbox-row">
        <stackyard-inbox
          url=${location.origin}
          websocket-url=${this.webSocketUrl}
          user=${READER}
          .network=${this.#network}
          .getToken=${this.getToken}
          @inbox-count=${(event: CustomEvent) => this.set(event.detail)}
          @inbox-open=${(event: Event) => event.preventDefault()}
        ></stackyard-inbox>
        <p class="facts">${badge(`${unseen} unseen`)} ${badge(`${unread} unread`)}</p>
        <label class="check">
          <input type="checkbox" role="switch" .checked=${isConnected} @change=${this.cut}>
          The inbox is connected
        </label>
      </div>
      <p class="hint">
        The bell rings when a notification arrives, and catches up with what it missed while the connection was cut.
      </p>
    `
  }

  private readonly getToken = () => {
    if (!this.#scenario) throw new Error('There is no reader yet.')
    return tokenOf(this.#scenario.reader)
  }

  private readonly cut = (event: Event) => {
    const isConnected = (event.target as HTMLInputElement).checked
    this.#network?.setConnected(isConnected)
    this.set({ isConnected })
    if (isConnected) dispatchEvent(new Event('online'))
  }
}

customElements.define('inbox-part', InboxPart)
