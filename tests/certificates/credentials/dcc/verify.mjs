// Asks verifier-core about credentials; nothing is read from the network.
// Standard input: {folder, served: {address: document}, credentials: {name: document}}.
// Standard output: {name: {errors, log, schema}}, and the addresses that were missing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { folder, served, credentials } = JSON.parse(readFileSync(0, "utf8"));
const missing = [];

globalThis.fetch = async (request) => {
  const address = typeof request === "string" ? request : request.url ?? String(request);
  const found = Object.hasOwn(served, address);
  if (!found) missing.push(address);
  const body = found ? JSON.stringify(served[address]) : "";
  const headers = { "Content-Type": "application/json" };
  return new Response(body, { status: found ? 200 : 404, headers });
};
const print = console.log;
console.log = () => {};

const core = "node_modules/@digitalcredentials/verifier-core/dist/index.js";
const { verifyCredential } = await import(pathToFileURL(join(folder, core)));
const answers = {};
for (const [name, credential] of Object.entries(credentials)) {
  const answer = await verifyCredential({ credential, knownDIDRegistries: [] });
  const checks = answer.additionalInformation?.[0]?.results ?? [];
  answers[name] = {
    errors: (answer.errors ?? []).map((error) => error.name),
    log: Object.fromEntries((answer.log ?? []).map((step) => [step.id, step.valid])),
    schema: Array.isArray(checks) ? checks.map((check) => check.result?.valid) : checks,
  };
}
print(JSON.stringify({ answers, missing }));
