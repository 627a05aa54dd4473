// Package progress reads how far a program has come from what it prints.
//
// A Parser is fed one output stream as it comes and tells of each change. It looks at
// segments: what stands between line feeds, carriage returns, backspaces and sequences
// that move the cursor. A segment counts in one of two ways.
//
// A meter is recognised by its form, such as tqdm's `45%|████▌     | 45/100` or git's
// `Receiving objects:  42% (420/1000)`, and counts at first sight.
//
// Anything else that looks like a percentage or a count, such as `Copied 42%` or
// `[3/10]`, may be prose, a date or a load. It has to come again with the same text
// before it, and the same total, and has to rise; how often is a matter of how plain
// it is. What falls again and again is a ratio, and is not looked at any more.
//
// # Bars and phases
//
// A bar is a meter with its name. The fraction belongs to a phase and does not fall
// within it.
//
//   - Bars one after the other: when all bars are full and another one begins, or when
//     the only bar begins again, a new phase begins, with the fraction of that bar.
//   - Bars drawn in turns, such as parallel downloads or a loop within a loop: the one
//     that has come least far counts. A bar that is not drawn any more is forgotten.
//   - git's bars have a fixed share of one rise, since their order is known.
//   - docker pull: the mean of its layers.
//
// A parser knows no time and starts no goroutine.
package progress
