/** What `what` answers once it is neither null nor false; fails after ten seconds. */
export async function until<T>(what: () => Promise<T | null | false>): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = await what();
    if (found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not come to pass');
}
