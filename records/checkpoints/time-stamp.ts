import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { Integer, OctetString, fromBER, type AsnType } from 'asn1js';
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  CryptoEngine,
  ExtKeyUsage,
  MessageImprint,
  PKIStatus,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { instant, messageOf, ProbityError, type Instant } from '../../base/index.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const EXT_KEY_USAGE = '2.5.29.37';
const COMMON_NAME = '2.5.4.3';

const engine = new CryptoEngine({
  name: 'node',
  crypto: webcrypto,
});

/** What a valid time stamp says. */
export interface TimeStamp {
  /** When the authority saw the data, by its clock. */
  readonly at: Instant;
  /** Common name in the certificate that signed. */
  readonly authority: string;
}

/**
 * Asks a time-stamping authority (RFC 3161 over HTTP) to stamp the SHA-256 of `data`; answers its response, DER. The authority sees the
 * hash alone. Throws TIMESTAMP_REFUSED where it gives none that verifies.
 */
export async function requestTimeStamp(url: string, data: Uint8Array, timeoutMs = 20_000): Promise<Uint8Array> {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }),
      hashedMessage: new OctetString({ valueHex: bytesOf(createHash('sha256').update(data).digest()) }),
    }),
    nonce: new Integer({ valueHex: bytesOf(Buffer.concat([Buffer.from([1]), randomBytes(8)])) }),
    certReq: true,
  });
  let answer: Uint8Array;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: Buffer.from(request.toSchema().toBER()),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    answer = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new ProbityError('TIMESTAMP_REFUSED', `The time-stamping authority does not answer: ${messageOf(error)}`);
  }
  await verifyTimeStamp(answer, data);
  const stamped = infoOf(signedDataOf(answer));
  if (stamped.nonce?.isEqual(request.nonce) !== true)
    throw new ProbityError('TIMESTAMP_REFUSED', 'The time stamp answers another request.');
  return answer;
}

/**
 * Verifies a response of a time-stamping authority against the data: hash, signature, and that the certificate is one for time
 * stamping; with `authorities` (PEM or DER certificates), also that it chains to one of them. Throws TIMESTAMP_REFUSED.
 */
export async function verifyTimeStamp(
  response: Uint8Array,
  data: Uint8Array,
  authorities: readonly Uint8Array[] = [],
): Promise<TimeStamp> {
  try {
    const signed = signedDataOf(response);
    const info = infoOf(signed);
    const imprint = Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView);
    const { algorithmId } = info.messageImprint.hashAlgorithm;
    if (algorithmId !== SHA256 || !imprint.equals(createHash('sha256').update(data).digest()))
      throw new Error('it stamps other data');
    const trustedCerts = authorities.map(certificateOf);
    const result = await signed.verify(
      {
        signer: 0,
        data: bytesOf(data),
        trustedCerts,
        checkChain: trustedCerts.length > 0,
        checkDate: info.genTime,
        extendedMode: true,
      },
      engine,
    );
    if (result.signatureVerified !== true) throw new Error(result.message || 'its signature does not verify');
    const certificate = result.signerCertificate;
    if (certificate === null || certificate === undefined || !isForTimeStamping(certificate))
      throw new Error('its certificate is not one for time stamping');
    return { at: instant(info.genTime), authority: commonName(certificate) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : (error as { message?: string }).message;
    throw new ProbityError('TIMESTAMP_REFUSED', `The time stamp is not valid: ${reason ?? 'unreadable'}`, {
      cause: error,
    });
  }
}

function signedDataOf(response: Uint8Array): SignedData {
  const reply = new TimeStampResp({ schema: parsed(response) });
  const granted = [PKIStatus.granted, PKIStatus.grantedWithMods].includes(reply.status.status);
  if (!granted || reply.timeStampToken === undefined) throw new Error('the authority granted none');
  return new SignedData({ schema: new ContentInfo({ schema: reply.timeStampToken.toSchema() }).content });
}

function infoOf({ encapContentInfo }: SignedData): TSTInfo {
  const content = encapContentInfo.eContent;
  if (encapContentInfo.eContentType !== TST_INFO || content === undefined) throw new Error('it holds no time');
  return new TSTInfo({ schema: parsed(new Uint8Array(content.getValue())) });
}

function isForTimeStamping({ extensions }: Certificate): boolean {
  const usage: unknown = extensions?.find(({ extnID }) => extnID === EXT_KEY_USAGE)?.parsedValue;
  return usage instanceof ExtKeyUsage && usage.keyPurposes.includes(TIME_STAMPING);
}

function commonName({ subject }: Certificate): string {
  const name = subject.typesAndValues.find(({ type }) => (type as unknown) === COMMON_NAME);
  return name === undefined ? 'an authority without a name' : name.value.valueBlock.value;
}

function certificateOf(bytes: Uint8Array): Certificate {
  const text = Buffer.from(bytes).toString('latin1');
  const pem = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(text)?.[1];
  return Certificate.fromBER(bytesOf(pem === undefined ? bytes : Buffer.from(pem, 'base64')));
}

function parsed(bytes: Uint8Array): AsnType {
  const { offset, result } = fromBER(bytesOf(bytes));
  if (offset === -1) throw new Error('it is not DER');
  return result;
}

/** A buffer of exactly these bytes. */
function bytesOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
