import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTour } from '../support/readme-tour.ts';
import { spawnSystem, type SpawnedSystem } from '../support/system.ts';

let system: SpawnedSystem;
beforeAll(async () => {
  system = await spawnSystem({ settings: { ONSALE_DEMO: 'true' } });
}, 90_000);
afterAll(() => system.remove());

it('the tour in the README sells two seats of the arena and shows the tickets', async () => {
  await expect(runTour(system.url)).resolves.toBeUndefined();
}, 60_000);
