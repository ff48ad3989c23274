import { join } from 'node:path';
import { packageRoot, writeFileAtomic } from '../../base/index.ts';
import { openApiDocument } from './document.ts';

/** Writes the committed copy of the OpenAPI document anew: `node dist/serving/openapi/write.js`. */
await writeFileAtomic(
  join(packageRoot(), 'serving', 'openapi', 'openapi.json'),
  `${JSON.stringify(openApiDocument(), null, 2)}\n`,
);
