/** A delivery as a receiver gets it: the three headers, and the body's text before it is parsed. */
export interface WebhookDelivery {
  /** `webhook-id`: always the same for the same message. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970. */
  readonly timestamp: string;
  /** `webhook-signature`: one or more signatures, with spaces between. */
  readonly signature: string;
  readonly body: string;
}

const TOLERANCE_SECONDS = 300;

/**
 * Whether a delivery comes from who holds the secret, and now (Standard Webhooks: HMAC-SHA-256 over `id.timestamp.body`). A receiver also leaves out an `id` that it has
 * taken in already: deliveries come at least once.
 */
export async function verifyWebhook(
  secret: string,
  { id, timestamp, signature, body }: WebhookDelivery,
  nowSeconds: number = Date.now() / 1000,
): Promise<boolean> {
  const at = Number(timestamp);
  if (!Number.isSafeInteger(at) || Math.abs(nowSeconds - at) > TOLERANCE_SECONDS) return false;
  const { subtle } = globalThis.crypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;
  const key = await subtle.importKey('raw', bytesOf(secret.replace(/^whsec_/, '')), algorithm, false, ['verify']);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const each of signature.split(' ')) {
    const [version, text = ''] = each.split(',');
    if (version === 'v1' && isBase64(text) && (await subtle.verify('HMAC', key, bytesOf(text), signed))) return true;
  }
  return false;
}

const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
