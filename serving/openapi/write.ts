import { join } from 'node:path';
import { packageRoot, writeFileAtomic } from '../../base/index.ts';
import { clientSource } from '../client/generate.ts';
import { openApiDocument } from './document.ts';

/** Writes what is generated from the OpenAPI document anew, its committed copy and the client: `node dist/serving/openapi/write.js`. */
const document = openApiDocument();
const at = (...parts: string[]): string => join(packageRoot(), ...parts);
await writeFileAtomic(at('serving', 'openapi', 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
await writeFileAtomic(at('packages', 'client', 'generated.ts'), clientSource(document));
