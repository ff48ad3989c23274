import { createTransport } from 'nodemailer';
import type { MailConfig } from '../../base/index.ts';

/** One e-mail. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Always the same for the same notice, so that one that is sent twice after a crash can be told by its receiver. */
  readonly messageId: string;
}

/** What became of handing an e-mail to a mail server; codes are those of SMTP (RFC 5321), or of the connection. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  /** It may be taken later. */
  | { readonly kind: 'deferred'; readonly code: string }
  /** It never will be. */
  | { readonly kind: 'bounced'; readonly code: string };

/** Hands e-mails to a mail server. */
export interface Mailer {
  send(mail: Mail): Promise<MailOutcome>;
  close(): void;
}

const TIMEOUT_MS = 20_000;

/** Sends by SMTP. Without TLS only to this machine: elsewhere the server must offer it and prove who it is. User and password come from the environment, never from the project file. */
export function smtpMailer({ smtp, from }: MailConfig, env: NodeJS.ProcessEnv = process.env): Mailer {
  const { protocol, hostname, port } = new URL(smtp);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const secure = protocol === 'smtps:';
  const user = env['PROBITY_SMTP_USER'];
  const transport = createTransport({
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !isHere,
    ...(isHere ? { ignoreTLS: true } : {}),
    ...(user === undefined ? {} : { auth: { user, pass: env['PROBITY_SMTP_PASSWORD'] ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, messageId }) {
      try {
        await transport.sendMail({ from, to, subject, text, messageId: `<${messageId}@${domainOf(from)}>` });
        return { kind: 'sent' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

function outcomeOf(error: unknown): MailOutcome {
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  if (typeof responseCode === 'number') {
    const told = String(responseCode);
    // 5xx is for good (RFC 5321, 4.2.1), but for the account's own troubles, which somebody mends.
    return responseCode >= 500 && code !== 'EAUTH' ? { kind: 'bounced', code: told } : { kind: 'deferred', code: told };
  }
  return { kind: 'deferred', code: typeof code === 'string' && /^E[A-Z]{1,30}$/.test(code) ? code : 'UNKNOWN' };
}

const domainOf = (from: string): string => /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
