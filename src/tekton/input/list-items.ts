import type { InputObject, InputSink } from "./contract.ts";
import { MAX_HELD_BYTES } from "./limits.ts";
import { completeItem, isWatchEvent, type ListHead, unwrap } from "./unwrap.ts";

/**
 * Hands on the items of one list. An item without a kind takes that of its list; when the list has not named it yet,
 * because its keys are sorted, the item waits as compact text until the list ends.
 */
export class ListItems {
  readonly #where: string;
  readonly #sink: InputSink;
  #head: ListHead;
  #held: { text: string; where: string }[] = [];
  #heldBytes = 0;
  #waits: boolean;

  constructor(list: { where: string; head: ListHead; sink: InputSink }) {
    this.#where = list.where;
    this.#sink = list.sink;
    this.#head = list.head;
    this.#waits = list.head.kind === undefined;
  }

  /** What is known of the list so far. */
  get head(): ListHead {
    return this.#head;
  }

  add(item: InputObject): void {
    if (this.#waits && item.value.kind === undefined && !isWatchEvent(item.value)) this.#hold(item);
    else this.#handOn(item);
  }

  /** Says that the list is over; `head` is what it says about itself, as far as that could be read. */
  end(head: ListHead): void {
    this.#head = head;
    this.#release();
  }

  #handOn(item: InputObject): void {
    completeItem(item.value, this.#head);
    unwrap(item, this.#sink);
  }

  #hold({ value, where }: InputObject): void {
    const text = JSON.stringify(value);
    this.#held.push({ text, where });
    this.#heldBytes += text.length;
    if (this.#heldBytes <= MAX_HELD_BYTES) return;
    const message =
      "the items have no kind, and the list names its own only after them: too many to wait for, handed on without " +
      "a kind; write the list with `kind` before `items`";
    this.#sink.onProblem({ where: this.#where, message });
    this.#release();
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#waits = false;
    for (const { text, where } of held) this.#handOn({ value: JSON.parse(text), where });
  }
}
