import { makesOnce, usedForAnother } from './rating-parameters.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const parameters = {
  page: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
  keyId: [{ name: 'keyId', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z0-9]{12}$' } }],
};

/** The operations about keys and about the caller. */
export const keyPaths: JsonObject = {
  '/v1/me': {
    get: {
      operationId: 'me',
      summary: 'Who the key or token is, and what it may do',
      responses: { 200: { description: 'The caller.', ...content('application/json', ref('Me')) } },
    },
  },
  '/v1/keys': {
    get: {
      operationId: 'listKeys',
      summary: 'The keys of the tenant in order of their making, without secrets',
      parameters: parameters.page,
      responses: { 200: { description: 'A page of keys.', ...content('application/json', ref('KeyPage')) } },
    },
    post: {
      operationId: 'createKey',
      summary: 'Make a key; its text is in this answer and nowhere else',
      parameters: [makesOnce],
      requestBody: { required: true, ...content('application/json', ref('NewKey')) },
      responses: {
        409: usedForAnother,
        201: { description: 'The key.', ...content('application/json', ref('IssuedKey')) },
      },
    },
  },
  '/v1/keys/{keyId}': {
    get: {
      operationId: 'readKey',
      summary: 'One key, without its secret',
      parameters: parameters.keyId,
      responses: {
        200: { description: 'The key.', ...content('application/json', ref('Key')) },
        404: problem('No such key.'),
      },
    },
  },
  '/v1/keys/{keyId}/rotate': {
    post: {
      operationId: 'rotateKey',
      summary: 'A successor of the same name and roles; the old key goes on for a while',
      parameters: [...(parameters.keyId as readonly JsonObject[]), makesOnce],
      requestBody: { required: false, ...content('application/json', ref('RotateKey')) },
      responses: {
        201: { description: 'The new key.', ...content('application/json', ref('IssuedKey')) },
        404: problem('No such key.'),
        409: problem('The key has been revoked or has expired.'),
      },
    },
  },
  '/v1/keys/{keyId}/revoke': {
    post: {
      operationId: 'revokeKey',
      summary: 'End a key for good; again changes nothing',
      parameters: parameters.keyId,
      responses: {
        200: { description: 'The key.', ...content('application/json', ref('Key')) },
        404: problem('No such key.'),
      },
    },
  },
};
