import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { requestOf } from './logging.ts';
import { ERRORS, isProbityError, ProbityError, type ErrorCode, type Problem } from '../../base/index.ts';

/** An error as RFC 9457 problem details, with our code, every problem at once, and what to do. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly fix: string;
  readonly problems: readonly Problem[];
  readonly requestId?: string;
}

/** Most problems that one answer lists. */
const mostProblems = 100;

/** Problem details of any error; what we did not throw on purpose becomes INTERNAL without its message. */
export function problemOf(error: unknown, requestId?: string): ProblemDetails {
  const known = isProbityError(error) ? error : new ProbityError('INTERNAL', ERRORS.INTERNAL.title);
  const { status, title } = ERRORS[known.code];
  return {
    type: `urn:probity:error:${known.code}`,
    title,
    status,
    code: known.code,
    detail: known.message,
    fix: known.fix,
    problems: known.problems.slice(0, mostProblems),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Answers an error as `application/problem+json`; where the answer has begun already, cuts the connection so that nobody takes a part for the whole. */
export function sendProblem(response: Response, error: unknown, requestId: string | undefined): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = requestId === undefined ? problemOf(error) : problemOf(error, requestId);
  if (ERRORS[problem.code].retryable && !response.hasHeader('retry-after')) response.setHeader('retry-after', '1');
  const text = JSON.stringify(problem);
  response.statusCode = problem.status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** Every error of every route ends here. */
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  void next;
  const translated = fromBodyParser(error);
  if (request.destroyed && !request.complete) {
    // The client went away: nobody is left to answer.
    response.destroy();
    return;
  }
  if (!isProbityError(translated))
    request.log.error({ req: requestOf(request), cause: redacted(translated) }, 'unexpected error');
  sendProblem(response, translated, request.id);
};

/** Answers addresses that nothing else answered. */
export const notFound: RequestHandler = () => {
  throw new ProbityError('NOT_FOUND', 'Nothing lives at this address.');
};

/** body-parser's and the router's errors as ours. Its messages may quote the body, so they are not repeated. */
function fromBodyParser(error: unknown): unknown {
  if (!(error instanceof Error) || isProbityError(error)) return error;
  const { type, status } = error as Error & { type?: string; status?: number };
  if (type === 'entity.too.large') return new ProbityError('BODY_TOO_LARGE', 'The request body is over the limit.');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new ProbityError('UNSUPPORTED_MEDIA_TYPE', 'The body is encoded in a way that is not read here.', {
      fix: 'Send UTF-8, plain or gzip.',
    });
  if (type === 'entity.parse.failed') return new ProbityError('INVALID_INPUT', 'The body is not valid JSON.');
  if (status !== undefined && status >= 400 && status < 500)
    return new ProbityError('INVALID_INPUT', 'The request could not be read.', { cause: error });
  return error;
}

/** What a log may hold of an unexpected error: its kind and where it arose, not its message, which may quote data. */
function redacted(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as Error & { code?: unknown }).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, code: typeof code === 'string' ? code : undefined, stack: frames.join('\n') };
}
