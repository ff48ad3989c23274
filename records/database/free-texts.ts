/** What seals the texts that people write about a customer, before they are stored. What is read is opened on its way (records/privacy/sealed-texts.ts). */
export interface FreeTexts {
  /**
   * The value with its free texts sealed under the customer's key. Null: the customer was erased, and nothing of the value may be stored. A customer who is not
   * named any more (null) has no key: the value stays as it is.
   */
  seal<Value>(customerId: string | null, value: Value): Promise<Value | null>;
  /** A value whose sealed texts are opened, for what is no column of a row: a body of the audit chain. */
  open<Value>(value: Value): Promise<Value>;
}
