/** `list-engines`: each kind, available here or not, why, and what to do. */
import { listEngines, renderEngineList } from "@/setup/engine_list.ts";

export async function printEngines({ json }: { json?: boolean }): Promise<number> {
  const engines = await listEngines();
  console.log(json ? JSON.stringify(engines, null, 2) : renderEngineList(engines));
  return 0;
}
