/** Feature views: one SQL file each, its header comment the documentation; loaded, checked and hashed. */
export * from './custom-attributes.ts';
export * from './feature-view.ts';
export * from './lineage.ts';
export * from './load-views.ts';
export * from './view-store.ts';
export * from './catalogue.ts';
export * from './warehouse-views.ts';
