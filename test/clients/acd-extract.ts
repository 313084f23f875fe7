// Fetches a file of the data extraction: a token by the password grant with the client in the body, a job, its state until it is over, the file by
// its address. Knows nothing of this project.

export interface ExtractConfig {
  readonly api: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly intervalMs: number;
}

export interface Entity {
  readonly entityName: string;
  readonly version: string;
  readonly startDate: string;
  readonly endDate: string;
}

const MOST_LOOKS = 30;

export async function extract(config: ExtractConfig, entity: Entity): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "password",
    client_id: config.clientId,
    client_secret: config.clientSecret,
    username: config.username,
    password: config.password,
  });
  const { access_token: token } = (await answer(`${config.api}/auth/token`, { method: "POST", body: form })) as {
    access_token: string;
  };
  const headers = { Authorization: `Bearer ${token}` };
  const jobs = `${config.api}/data-extraction/v1/jobs`;
  const id = await answer(jobs, { method: "POST", headers, body: JSON.stringify(entity) });
  if (typeof id !== "string") throw new Error("the job has no id");
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const { jobStatus } = (await answer(`${jobs}/${id}`, { headers })) as {
      jobStatus: { status: string; result: { url: unknown; messageError: unknown } };
    };
    const { status, result } = jobStatus;
    if (typeof result.url !== "string" || result.messageError === undefined)
      throw new Error("the job's state is not as promised");
    if (status === "SUCCEEDED") {
      const file = await fetch(result.url);
      if (!file.ok) throw new Error(await file.text());
      return file.text();
    }
    if (status !== "RUNNING") throw new Error(`the job is ${status}: ${JSON.stringify(result.messageError)}`);
    await new Promise((resolve) => setTimeout(resolve, config.intervalMs));
  }
  throw new Error("the job has no end");
}

async function answer(url: string, init: RequestInit): Promise<unknown> {
  const reply = await fetch(url, init);
  if (!reply.ok) throw new Error(`${new URL(url).pathname}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}
