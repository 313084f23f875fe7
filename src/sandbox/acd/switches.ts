// Switches for the behaviour of the ACD part, where real tenants differ or where time matters.

import { z } from "zod";

const ACD_RESOURCES = [
  "account",
  "campaigns",
  "skills",
  "settings",
  "lists",
  "dnc",
  "dispositions",
  "contacts",
  "activity",
  "wfm",
  "reports",
  "callbacks",
  "agents",
  "recordings",
] as const;

const seconds = (most = 86_400) => z.number().min(0).max(most);

export const acdSwitches = z
  .strictObject({
    generation: z
      .partialRecord(z.enum(ACD_RESOURCES), z.enum(["classic", "modern"]))
      .default({})
      .meta({ description: "Forms of replies by resource, whatever the version in the path; default by that version." }),
    tenantId: z.string().min(1).default("11111111-2222-4333-8444-555555555555"),
    withoutPermissions: z
      .array(z.string())
      .default([])
      .meta({ description: 'Rights that the key\'s owner lacks, such as "Skills Edit": 403.' }),
    versions: z
      .strictObject({ from: z.int().min(1).default(1), to: z.int().max(99).default(35) })
      .default({ from: 1, to: 35 })
      .meta({ description: "Versions of the API that the tenant has; others answer 404." }),
    startSeconds: seconds().default(1).meta({ description: "From an accepted start to isRunning." }),
    stopSeconds: seconds().default(1).meta({ description: "From an accepted stop to not isRunning." }),
    uploadSeconds: seconds().default(2).meta({ description: "How long the job of an upload takes." }),
    warehouseSeconds: seconds().default(60).meta({ description: "From a contact's end to its wrap-up in the warehouse." }),
    reportSeconds: seconds().default(5).meta({ description: "How long the job of a report takes." }),
    extractSeconds: seconds().default(10).meta({ description: "How long the job of an extraction takes." }),
    extractEverySeconds: seconds().default(30).meta({ description: "Least time between two extractions." }),
    newSkillHiddenSeconds: seconds().default(2).meta({ description: "How long a new skill is missing from the list." }),
    refusePartialWeek: z.boolean().default(true).meta({ description: "Schedules with inactive days are refused." }),
    dropSkillsV23: z.boolean().default(true).meta({ description: "Creating skills in v23 breaks the connection." }),
    dialsInCompleted: z
      .boolean()
      .default(false)
      .meta({ description: "Whether dials that nobody answered are among the completed contacts." }),
    headerOnlyErrors: z.boolean().default(false).meta({ description: "Refusals say why in icStatusDescription only." }),
    requireAccept: z.boolean().default(false).meta({ description: "Requests without an Accept header are refused." }),
    realTimeData: z.enum(["on", "versioned", "off"]).default("on").meta({
      description: "Whether figures of many skills are answered at once: under both addresses, the versioned one, none (404).",
    }),
    doNotCallGroups: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: "Names of do-not-call groups, empty at first, that the skills of the tenant's campaigns obey." }),
    linkOrigin: z
      .string()
      .default("https://api-l35.nice-incontact.com")
      .meta({ description: "Host in links and URIs of replies, which is another than the one asked." }),
    skillAbandonRate: z.boolean().default(true).meta({ description: "enableSkillAbandonRate of the business unit." }),
    predictive: z.boolean().default(true).meta({ description: "allowPredictiveDialing of the business unit." }),
  })
  .prefault({});

export type AcdSwitches = z.output<typeof acdSwitches>;
