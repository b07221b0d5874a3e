import { LitElement } from 'lit'
import type { ConsoleState } from './wire.ts'

/**
 * A custom element that is drawn again when its state changes. It has no shadow root, so that the console's style sheet
 * and labels by id work inside.
 */
export abstract class View<State extends object> extends LitElement {
  abstract state: State
  /** The deployed systems; set on the elements of pages, also when they change. */
  #deployed: ConsoleState = { mode: 'local', isUp: false, stacks: [] }

  get deployed(): ConsoleState {
    return this.#deployed
  }

  set deployed(deployed: ConsoleState) {
    this.#deployed = deployed
    this.requestUpdate()
  }

  set(changes: Partial<State>): void {
    this.state = { ...this.state, ...changes }
    this.requestUpdate()
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }
}

/**
 * Runs work of a view, with `isBusy` true meanwhile, and puts the message of what it throws into `problem`.
 */
export async function busily<State extends { isBusy: boolean; problem: string }>(
  view: View<State>,
  work: () => Promise<void>,
): Promise<void> {
  view.set({ isBusy: true, problem: '' } as Partial<State>)
  try {
    await work()
  } catch (error) {
    view.set({ problem: (error as Error).message } as Partial<State>)
  } finally {
    view.set({ isBusy: false } as Partial<State>)
  }
}
