import type { Role } from '../../base/index.ts';
import type { Authenticator } from '../../serving/access/index.ts';
import { anyoneIsAdmin } from './world.ts';

/** Takes `Bearer NAME:ROLE` for who asks; without it, an admin. */
export const byName: Authenticator = async (authorization) => {
  const admin = await anyoneIsAdmin(authorization);
  const [, name, role] = /^Bearer (\w+):([\w-]+)$/.exec(authorization ?? '') ?? [];
  if (name === undefined || !('principal' in admin)) return admin;
  return { principal: { ...admin.principal, actor: `key:${name}` as never, roles: [role as Role] } };
};
