/** Who asks? The API: ratings one by one and in streams, the champion, events, health; hot swap and graceful shutdown. */
export type { Principal } from './http/principal.ts';
export { createApp } from './app.ts';
export type * from './dependencies.ts';
export { startServer, type ListenOptions, type RunningServer } from './server.ts';
