/** The processor time that this process has used, in milliseconds. What else the machine does counts little in it. */
export const cpuTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
