/** An error whose lines are for the user: what, where and what to do. Printed without a stack. */
export class UserError extends Error {
  /**
   * @param {string | string[]} lines
   * @param {number} exitCode 1 failed, 2 wrong usage
   */
  constructor(lines, exitCode = 1) {
    const all = Array.isArray(lines) ? lines : [lines];
    super(all.join('\n'));
    this.lines = all;
    this.exitCode = exitCode;
  }
}
