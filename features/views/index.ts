/** Feature views: one SQL file each, its header comment the documentation; loaded, checked and hashed. */
export * from './custom-attributes.ts';
export * from './feature-view.ts';
export * from './load-views.ts';
export * from './view-store.ts';
