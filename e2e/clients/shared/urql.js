/** Calls a sink with the results of a subscription of urql. */
export function observe(source, sink) {
  return source.subscribe((result) => {
    // At the end urql gives the last result once more.
    if (result.hasNext || result.error) sink.next(result);
    else sink.complete();
  });
}
