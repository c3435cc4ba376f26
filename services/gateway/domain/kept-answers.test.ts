import { describe, expect, it } from 'vitest';
import { answerKey, createKeptAnswers } from './kept-answers.ts';

const answer = (body: string, atMs = 0) => ({ body, contentType: 'application/json', atMs, forMs: 1_000 });

describe('kept answers', () => {
  it('are the last of their kind, until they are too old', () => {
    const answers = createKeptAnswers({ maxAnswers: 10, maxCharacters: 1_000 });
    answers.keep('/a', answer('old'));
    answers.keep('/a', answer('new', 500));
    expect(answers.find('/a', 1_499)?.body).toBe('new');
    expect(answers.find('/a', 1_500)).toBeNull();
    expect(answers.find('/b', 0)).toBeNull();
    answers.drop('/a');
    expect(answers.find('/a', 500)).toBeNull();
  });

  it('are no more than their number, the least recently kept going first', () => {
    const answers = createKeptAnswers({ maxAnswers: 2, maxCharacters: 1_000 });
    for (const key of ['/a', '/b', '/a', '/c']) answers.keep(key, answer('x'));
    expect(['/a', '/b', '/c'].map((key) => answers.find(key, 0) !== null)).toEqual([true, false, true]);
  });

  it('take no more than their room, however often they are kept and dropped', () => {
    const answers = createKeptAnswers({ maxAnswers: 100, maxCharacters: 100 });
    for (let i = 0; i < 1_000; i++) answers.keep(`/${i % 10}`, answer('x'.repeat(30)));
    const kept = Array.from({ length: 10 }, (_, i) => answers.find(`/${i}`, 0)).filter((one) => one !== null);
    expect(kept).toHaveLength(3);
    answers.keep('/large', answer('x'.repeat(200)));
    expect(answers.find('/large', 0)).toBeNull();
    expect(answers.find('/9', 0)).not.toBeNull();
  });

  it('are found whatever the order of the parameters', () => {
    expect(answerKey('/v1/events?q=a&city=b')).toBe(answerKey('/v1/events?city=b&q=a'));
    expect(answerKey('/v1/events?q=a')).not.toBe(answerKey('/v1/events?q=b'));
    expect(answerKey('/v1/events')).toBe('/v1/events');
  });
});
