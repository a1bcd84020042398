/** The thread that posts for a process which is ending: see `postNow`. */
import { workerData } from "node:worker_threads";
import { type Errand, post } from "./post.ts";

const { parcels, withinMs, answers, isDone }: Errand = workerData;
const giveUp = new AbortController();
// Keeps the thread alive, too, which the requests do not.
setTimeout(() => giveUp.abort(), withinMs);
Promise.all(parcels.map((parcel) => post(parcel, giveUp.signal))).then((outcomes) => {
  answers.postMessage(outcomes);
  Atomics.store(isDone, 0, 1);
  Atomics.notify(isDone, 0);
});
