import { Heartbeat } from '../heartbeat';

describe('Heartbeat', () => {
  let now = 0;
  let heard = 0;
  let asked = 0;
  let lost = 0;
  let waiting = 0;
  let beat: Heartbeat;

  beforeEach(() => {
    jest.useFakeTimers();
    now = heard = 1_000_000;
    asked = lost = waiting = 0;
    beat = new Heartbeat({
      ask: () => (asked++, true),
      heard: () => heard,
      waiting: () => waiting,
      lost: () => lost++,
      now: () => now
    });
  });

  afterEach(() => {
    beat.dispose();
    jest.useRealTimers();
  });

  const pass = (seconds: number, answer = false) => {
    for (let i = 0; i < seconds; i++) {
      now += 1000;
      heard = answer ? now : heard;
      jest.advanceTimersByTime(1000);
    }
  };

  it('[ROOM-64] asks nothing while the server talks', () => {
    pass(60, true);
    expect([asked, lost]).toEqual([0, 0]);
  });

  it('[ROOM-64] waits while a large message leaves, and no longer', () => {
    for (waiting = 60; waiting > 0; waiting--) {
      pass(1);
    }
    expect(lost).toBe(0);
    waiting = 7;
    pass(14);
    expect(lost).toBe(1);
  });

  it('[ROOM-64] gives up a silent connection within 10 s, then more slowly', () => {
    pass(10);
    expect(lost).toBe(1);
    pass(6);
    expect(lost).toBe(1);
    pass(14);
    expect(lost).toBe(2);
    heard = now;
    pass(1);
    pass(12);
    expect(lost).toBe(3);
  });

  it('[ROOM-64] a laptop that slept asks before it gives up', () => {
    pass(1, true);
    now += 3_600_000;
    pass(2);
    expect(lost).toBe(0);
    expect(asked).toBe(1);
    pass(2, true);
    expect(lost).toBe(0);
  });
});
