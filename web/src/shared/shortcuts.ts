/** Whether a key press is meant for the page: nothing is being typed, no modifier is held, no dialog is open. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : undefined;
  // A dialog that was just closed has the focus for a moment longer.
  return target?.closest("input, textarea, select, dialog[open], [contenteditable]") == null;
}
