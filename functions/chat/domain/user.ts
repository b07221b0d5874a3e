/** The address of a user. */
export interface UserId {
  readonly tenant: string
  readonly user: string
}
