import type { DuckDBConnection } from '@duckdb/node-api';
import type { CustomAttribute } from './custom-attributes.ts';
import type { FeatureView } from './feature-view.ts';
import { loadViews } from './load-views.ts';

/** The views of a project: the built-in ones, its own, and the attributes that its imports have declared in this warehouse. */
export async function warehouseViews(
  connection: DuckDBConnection,
  projectViewsDir: string | null,
): Promise<readonly FeatureView[]> {
  const reader = await connection.runAndReadAll(
    `SELECT name, arg_min(type, source) AS type, arg_min(label_en, source) AS en, arg_min(label_zh_cn, source) AS zh
     FROM meta.attributes GROUP BY name ORDER BY name`,
  );
  const attributes = reader.getRowObjects().map(({ name, type, en, zh }): CustomAttribute => {
    const label = en === null || zh === null ? null : { en: String(en), 'zh-CN': String(zh) };
    return { name: String(name), type: type === 'number' ? 'number' : 'category', label };
  });
  return loadViews({ projectViewsDir, attributes });
}
