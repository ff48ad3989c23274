/* oxlint-disable no-underscore-dangle -- Node's names for what a stream implements */
import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import type { Client } from 'pg';

/** What a COPY needs of pg's connection: the protocol's messages, and the socket for back-pressure. */
interface CopyConnection {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

const BATCH_BYTES = 64 * 1024;
/** How often to look whether a full buffer was taken. */
const LOOK_MS = 2;

/** The bytes of a `COPY … TO STDOUT`, read no faster than they are taken; `rows` once it has ended. */
export class CopyOut extends Readable {
  rows = 0;
  readonly #statement: string;
  #connection: CopyConnection | null = null;
  #batch: Buffer[] = [];
  #held = 0;
  #isWaiting = false;

  constructor(statement: string) {
    super({ highWaterMark: 16 * BATCH_BYTES });
    this.#statement = statement;
  }

  submit(connection: unknown): void {
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#statement);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The parser uses its buffer again.
    this.#batch.push(Buffer.from(chunk));
    this.#held += chunk.length;
    if (this.#held >= BATCH_BYTES) this.#flush();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/(\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#flush();
    this.push(null);
    this.#connection?.stream.resume();
  }

  handleError(error: Error): void {
    this.destroy(error);
  }

  // What comes is pushed as it comes; a full buffer holds the socket back.
  override _read(): void {}

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection?.stream.resume();
    done(error);
  }

  #flush(): void {
    if (this.#held === 0 || this.destroyed) return;
    const more = this.push(Buffer.concat(this.#batch));
    this.#batch = [];
    this.#held = 0;
    if (more || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#connection?.stream.pause();
    this.#resumeWhenTaken();
  }

  #resumeWhenTaken(): void {
    if (this.destroyed || this.readableLength < this.readableHighWaterMark) {
      this.#isWaiting = false;
      this.#connection?.stream.resume();
    } else setTimeout(() => this.#resumeWhenTaken(), LOOK_MS);
  }
}

/** Takes the bytes of a `COPY … FROM STDIN`; finished once the server has stored all rows, and failed where it refuses one. */
export class CopyIn extends Writable {
  rows = 0;
  readonly #statement: string;
  #connection: CopyConnection | null = null;
  #begin: (() => void) | null = null;
  #isOpen = false;
  #end: ((error?: Error) => void) | null = null;

  constructor(statement: string) {
    super({ highWaterMark: 4 * BATCH_BYTES });
    this.#statement = statement;
  }

  submit(connection: unknown): void {
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#statement);
  }

  handleCopyInResponse(): void {
    this.#isOpen = true;
    this.#begin?.();
    this.#begin = null;
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/(\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#end?.();
  }

  handleError(error: Error): void {
    this.#isOpen = false;
    this.destroy(error);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const connection = this.#connection;
    if (!this.#isOpen || connection === null) {
      this.#begin = () => this._write(chunk, _encoding, done);
      return;
    }
    connection.sendCopyFromChunk(chunk);
    if (connection.stream.writableNeedDrain) connection.stream.once('drain', () => done());
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#end = done;
    const end = () => this.#connection?.endCopyFrom();
    if (this.#isOpen) end();
    else this.#begin = end;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null && this.#isOpen) this.#connection?.sendCopyFail('the source of the rows failed');
    this.#isOpen = false;
    done(error);
  }
}

/** Starts a `COPY (query) TO STDOUT` on a connection that does nothing else meanwhile. */
export function copyOut(client: Client, query: string): CopyOut {
  return client.query(new CopyOut(`copy (${query}) to stdout`));
}

/** Starts a `COPY table (columns) FROM STDIN` on a connection that does nothing else meanwhile. */
export function copyIn(client: Client, target: string): CopyIn {
  return client.query(new CopyIn(`copy ${target} from stdin`));
}
