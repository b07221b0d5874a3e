/** Something the user can mend: its message is one sentence that says what is wrong and what to do. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UserError'
  }
}
