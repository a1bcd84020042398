interface Alarm {
  at: number;
  timer: NodeJS.Timeout;
}

/** `setTimeout` takes longer ones for none at all. */
const LONGEST_TIMER_MILLIS = 2 ** 31 - 1;

/** Alarms for keys, each good for any number of milliseconds. */
export interface Alarms {
  /** Rings so long from now, unless an earlier alarm of this key is set: there is one for each. */
  set(key: string, millis: number): void;
  clear(): void;
}

export function startAlarms(onAlarm: (key: string) => void): Alarms {
  const alarms = new Map<string, Alarm>();
  const arm = (key: string, at: number) => {
    const millis = Math.min(LONGEST_TIMER_MILLIS, Math.max(1, Math.ceil(at - performance.now())));
    alarms.set(key, { at, timer: setTimeout(() => ring(key, at), millis) });
  };
  const ring = (key: string, at: number) => {
    if (performance.now() < at) return arm(key, at);
    alarms.delete(key);
    onAlarm(key);
  };
  return {
    set: (key, millis) => {
      const at = performance.now() + millis;
      const other = alarms.get(key);
      if (other !== undefined && other.at <= at) return;
      clearTimeout(other?.timer);
      arm(key, at);
    },
    clear: () => {
      for (const { timer } of alarms.values()) clearTimeout(timer);
      alarms.clear();
    },
  };
}
