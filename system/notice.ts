/** Takes a notice to where the user sees it. */
type Receiver = (text: string) => void;

let receive: Receiver = (text) => {
  console.error(text);
};

/**
 * Tells the user something that is worth knowing, and no fault. On standard error, unless `noticesTo` said otherwise.
 */
export function notice(text: string): void {
  receive(text);
}

/** Sends all further notices elsewhere. */
export function noticesTo(receiver: Receiver): void {
  receive = receiver;
}
