import { describe, expect, it } from 'vitest';
import { temporalVersion } from './installation.ts';

describe('the version of a Temporal executable', () => {
  it('is the one that it was built from, with its server', () => {
    const go = 'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)\n';
    expect(temporalVersion(go, '/cache/temporal/v1.5.1/temporal')).toBe('v1.5.1 (server 1.29.1)');
    const released = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)\n';
    expect(temporalVersion(released, '/usr/bin/temporal')).toBe('v1.5.1 (server 1.29.1)');
  });

  it('is what the executable says where nothing else is known', () => {
    expect(temporalVersion('temporal version 0.0.0-DEV (Server 1.29.1)', '/usr/bin/temporal')).toBe(
      '0.0.0-DEV (server 1.29.1)',
    );
    expect(temporalVersion('something else\n', '/usr/bin/temporal')).toBe('something else');
  });
});
