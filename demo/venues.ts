import type { CreateVenueBody } from '../contracts/http/catalog.ts';

const NEW_YORK = { city: 'New York', state: 'NY', country: 'US', timezone: 'America/New_York' };

export const GARDEN: CreateVenueBody = {
  ...NEW_YORK,
  name: 'Madison Square Garden',
  address: '4 Pennsylvania Plaza',
  postalCode: '10001',
  capacity: 20_000,
  venueType: 'ARENA',
  facilities: { wheelchairAccess: true, firstAid: true, parking: false, bars: 24 },
};

export const LAB: CreateVenueBody = {
  ...NEW_YORK,
  name: 'The Lab',
  address: '1 Race Street',
  capacity: 1,
  venueType: 'OTHER',
  facilities: { wheelchairAccess: true },
};

export const CLUB: CreateVenueBody = {
  name: 'Keller Nord',
  address: 'Uferstraße 8',
  city: 'Berlin',
  country: 'DE',
  postalCode: '13357',
  capacity: 1_300,
  venueType: 'OTHER',
  facilities: { cloakroom: true, bars: 3 },
  timezone: 'Europe/Berlin',
};

export const THEATRE: CreateVenueBody = {
  name: 'Lantern Theatre',
  address: '22 Candle Lane',
  city: 'London',
  country: 'GB',
  postalCode: 'SE1 9QQ',
  capacity: 410,
  venueType: 'THEATER',
  facilities: { wheelchairAccess: true, hearingLoop: true, bars: 1 },
  timezone: 'Europe/London',
};

export const HALL: CreateVenueBody = {
  name: 'Harbour Convention Center',
  address: '5 Pier Avenue',
  city: 'San Francisco',
  state: 'CA',
  country: 'US',
  postalCode: '94111',
  capacity: 1_500,
  venueType: 'CONVENTION_CENTER',
  facilities: { wheelchairAccess: true, parking: true, rooms: 12 },
  timezone: 'America/Los_Angeles',
};

export const PARK: CreateVenueBody = {
  name: 'Riverside Park',
  address: 'Quai des Fleurs 1',
  city: 'Lyon',
  country: 'FR',
  postalCode: '69001',
  capacity: 4_000,
  venueType: 'OTHER',
  facilities: { parking: true, bars: 6, firstAid: true },
  timezone: 'Europe/Paris',
};

export const STADIUM: CreateVenueBody = {
  name: 'Wembley Stadium',
  address: 'Olympic Way',
  city: 'London',
  country: 'GB',
  postalCode: 'HA9 0WS',
  capacity: 90_000,
  venueType: 'STADIUM',
  facilities: { wheelchairAccess: true, firstAid: true, parking: true, bars: 120 },
  timezone: 'Europe/London',
};
