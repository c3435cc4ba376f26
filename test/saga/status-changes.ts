import type { Database } from '../../platform/postgres/database.ts';

/**
 * The states of what has no table of transitions in the code, as PRODUCT words them: a seat is A(vailable), R(eserved),
 * (a)L(located) or B(locked), a late payment takes seats that are free again, and nothing is left of a reservation that was refunded.
 */
export const STATUS_EDGES: Record<string, Record<string, string[]>> = {
  payments: {
    payment: [
      'PENDING --> SUCCESS',
      'PENDING --> FAILED',
      'SUCCESS --> PARTIALLY_REFUNDED',
      'SUCCESS --> REFUNDED',
      'PARTIALLY_REFUNDED --> REFUNDED',
    ],
    refund: ['PENDING --> SUCCESS', 'PENDING --> FAILED'],
  },
  seating: {
    reservation: [
      'RESERVED --> ALLOCATED',
      'RESERVED --> RELEASED',
      'RESERVED --> EXPIRED',
      'EXPIRED --> ALLOCATED',
      'ALLOCATED --> RELEASED',
    ],
    seat_state: ['A --> R', 'R --> A', 'R --> L', 'A --> L', 'L --> A', 'A --> B', 'B --> A'],
  },
};

const NOTE = [
  'create table test_status_change (thing text not null, edge text not null)',
  `create function test_note_status() returns trigger language plpgsql as $$ begin
     insert into test_status_change values (tg_table_name, old.status::text || ' --> ' || new.status::text);
     return null;
   end $$`,
];

/** From now on the database itself notes every change of a status in these tables, whoever makes it. */
export async function noteStatusChanges(database: Database, tables: readonly string[]): Promise<void> {
  const triggers = tables.map(
    (table) => `create trigger test_note_status after update on ${table} for each row
      when (old.status is distinct from new.status) execute function test_note_status()`,
  );
  for (const [index, text] of [...NOTE, ...triggers].entries()) await database.run({ name: `test.note_status_${index}`, text });
}

export async function statusChangesOf(database: Database, table: string): Promise<string[]> {
  const text = 'select distinct edge from test_status_change where thing = $1';
  const rows = await database.rows<{ edge: string }>({ name: 'test.status_changes', text }, [table]);
  return rows.map(({ edge }) => edge);
}
