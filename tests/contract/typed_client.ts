// What an app written against the contract looks like: if a shape changes, this stops compiling.
import type { components, operations, paths } from "./contract";

type SignIn = paths["/v1/sign-ins"]["post"];
type SignInBody = SignIn["requestBody"]["content"]["application/json"];
type Entered = SignIn["responses"][201]["content"]["application/json"];
type Problem = components["schemas"]["ProblemOut"];
type PatientPage = operations["list_patients"]["responses"][200]["content"]["application/json"];
type ListQuery = NonNullable<operations["list_patients"]["parameters"]["query"]>;

const credentials: SignInBody = { email: "kim@example.org", password: "correct horse" };

async function call<Answer>(method: string, path: string, token: string | null, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== null) headers["Authorization"] = `Bearer ${token}`;
  const answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    throw new Error(problem.errors.map((error) => `${error.field}: ${error.rule}`).join(", ") || problem.detail);
  }
  return (await answer.json()) as Answer;
}

export async function namesOfPatients(query: ListQuery): Promise<string[]> {
  const entered = await call<Entered>("POST", "/v1/sign-ins", null, credentials);
  const names: string[] = [];
  let cursor: string | null = query.cursor ?? null;
  do {
    const page: PatientPage = await call("GET", `/v1/patients?cursor=${cursor ?? ""}`, entered.access_token);
    names.push(...page.items.map((patient) => patient.name));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return names;
}
