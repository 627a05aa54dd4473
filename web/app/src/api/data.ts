/** Reads a file of data that the build made (vite.config.ts). Throws an Error when it cannot be had. */
export async function readData<T>(name: string): Promise<T> {
  const response = await fetch(`${import.meta.env.BASE_URL}${name}.json`);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response.json();
}
